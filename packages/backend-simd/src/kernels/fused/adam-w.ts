import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import { BLOCK, blocksOf } from "./blocks.ts";
import { accelerateFamily } from "./fused-family.ts";

const WORDS = 10;

/** The update of all parameters in one job, in place where nothing else holds the data. */
export const adamWKernels = accelerateFamily("adam-w", {
  adamW(backend, inputs, attributes) {
    const { weightDecays, learningRate, beta1, beta2, epsilon, correction1, correction2, gradientScale } = attributes;
    const count = weightDecays.length;
    const lengths = inputs.slice(0, count).map(({ data }) => data.length);
    if (!inputs.every(({ data }, index) => data.length === lengths[index % count])) return undefined;
    const written = [...inputs.slice(0, count), ...inputs.slice(2 * count)].map(({ tensor }) => tensor);
    const held = heldElsewhere(backend, written);
    const outputs = written.map((tensor) =>
      held(tensor) ? backend.allocate(tensor.shape, "float32") : backend.share(tensor, tensor.shape),
    );
    const { first, count: blocks } = blocksOf(lengths);
    const table = backend.allocate([count, WORDS], "int32");
    const words = backend.data.get(table.dataId).values as Int32Array;
    const decays = new Float32Array(words.buffer, words.byteOffset, words.length);
    const addressOf = ({ dataId }: TensorInfo) => backend.data.get(dataId).address;
    const addresses = [...inputs.map(({ data }) => data.address), ...outputs.map(addressOf)];
    for (let index = 0; index < count; index++) {
      const places = Array.from({ length: 7 }, (_, column) => addresses[column * count + index]!);
      words.set([...places, first[index]!, lengths[index]!], WORDS * index);
      decays[WORDS * index + 9] = 1 - learningRate * weightDecays[index]!;
    }
    const rates = [learningRate, beta1, beta2, epsilon, correction1, correction2, gradientScale] as const;
    backend.run("adamW", blocks, table.address, count, BLOCK, ...rates);
    backend.disposeIntermediateTensorInfo(table);
    return outputs;
  },
});

/** Tells whether a tensor's data is that of another tensor too, among these or of the program. */
function heldElsewhere(backend: SimdBackend, tensors: readonly TensorInfo[]): (tensor: TensorInfo) => boolean {
  const uses = new Map<object, number>();
  for (const { dataId } of tensors) uses.set(dataId, (uses.get(dataId) ?? 0) + 1);
  const held = new Set(
    tensors.map(({ dataId }) => dataId).filter((id) => uses.get(id)! > 1 || backend.data.get(id).refCount > 1),
  );
  return ({ dataId }) => held.has(dataId);
}
