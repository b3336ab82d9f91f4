import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AdamWAttributes } from "@trivium/tensor";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";
import { BLOCK, blocksOf } from "./blocks.ts";

type Attributes = AdamWAttributes & { readonly weightDecays: readonly number[] };

const WORDS = 10;

/** All parameters in one job, in place where nothing else holds the data. */
export const adamW: AcceleratedKernel = {
  kernelName: "TriviumAdamW",
  run(backend, inputs, attributes) {
    const { weightDecays, learningRate, beta1, beta2, epsilon, correction1, correction2, gradientScale } =
      attributes as unknown as Attributes;
    const count = weightDecays.length;
    const named = (name: string) => Array.from({ length: count }, (_, index) => inputs[name + index] as TensorInfo);
    const [p, g, m, v] = ["parameter", "gradient", "m", "v"].map(named) as [
      TensorInfo[],
      TensorInfo[],
      TensorInfo[],
      TensorInfo[],
    ];
    const lengths = p.map((parameter) => backend.floats(parameter)?.length ?? -1);
    const fits = ({ dataId, dtype }: TensorInfo, index: number) =>
      backend.floats({ dataId, dtype, shape: [] })?.length === lengths[index % count];
    const read = [...p, ...g, ...m, ...v];
    if (!read.every(fits)) return undefined;
    const held = heldElsewhere(backend, [...p, ...m, ...v]);
    const outputs = [...p, ...m, ...v].map((tensor) =>
      held(tensor) ? backend.allocate(tensor.shape, "float32") : backend.share(tensor, tensor.shape),
    );
    const { first, count: blocks } = blocksOf(lengths);
    const table = backend.allocate([count, WORDS], "int32");
    const words = backend.data.get(table.dataId).values as Int32Array;
    const decays = new Float32Array(words.buffer, words.byteOffset, words.length);
    const addresses = [...read, ...outputs].map(({ dataId }) => backend.data.get(dataId).address);
    for (let index = 0; index < count; index++) {
      const places = Array.from({ length: 7 }, (_, column) => addresses[column * count + index]!);
      words.set([...places, first[index]!, lengths[index]!], WORDS * index);
      decays[WORDS * index + 9] = 1 - learningRate * weightDecays[index]!;
    }
    const rates = [learningRate, beta1, beta2, epsilon, correction1, correction2, gradientScale] as const;
    backend.run("adamW", blocks, table.address, count, BLOCK, ...rates);
    backend.disposeIntermediateTensorInfo(table);
    return p.flatMap((_, index) => [outputs[index]!, outputs[count + index]!, outputs[2 * count + index]!]);
  },
};

/** Whether a tensor's data is that of another tensor too, among these or of the program. */
function heldElsewhere(backend: SimdBackend, tensors: readonly TensorInfo[]): (tensor: TensorInfo) => boolean {
  const uses = new Map<object, number>();
  for (const { dataId } of tensors) uses.set(dataId, (uses.get(dataId) ?? 0) + 1);
  const held = new Set(
    tensors.map(({ dataId }) => dataId).filter((id) => uses.get(id)! > 1 || backend.data.get(id).refCount > 1),
  );
  return ({ dataId }) => held.has(dataId);
}
