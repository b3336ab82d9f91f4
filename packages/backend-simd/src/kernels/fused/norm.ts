import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import type { KernelInput } from "../accelerated-kernel.ts";
import { panelsOf, sumOfPanels } from "../column-sums.ts";
import { sizeOf } from "../size-of.ts";
import { accelerateFamily, type InputsOf } from "./fused-family.ts";

const addressOf = (input: KernelInput | undefined): number => input?.data.address ?? 0;

interface NormOutputs {
  readonly y: TensorInfo;
  readonly sum: TensorInfo | undefined;
  /** Those saved for the gradient: the inverse, and the mean where there is a bias. */
  readonly statistics: [TensorInfo, TensorInfo?];
}

/** The norm of x, or of the sum of x and a branch; with a bias around the mean. */
function norm(
  backend: SimdBackend,
  { x, branch, gain, bias }: InputsOf<"norm"> & { readonly branch?: KernelInput },
  epsilon: number,
): NormOutputs | undefined {
  const columns = x.shape.at(-1)!;
  if (gain.data.length !== columns || (bias && bias.data.length !== columns)) return undefined;
  if (branch && branch.data.length !== x.data.length) return undefined;
  const outer = x.shape.slice(0, -1);
  const y = backend.allocate(x.shape, "float32");
  const sum = branch && backend.allocate(x.shape, "float32");
  const inverse = backend.allocate(outer, "float32");
  const mean = bias && backend.allocate(outer, "float32");
  const from = [x.data.address, addressOf(branch), gain.data.address, addressOf(bias)] as const;
  const to = [sum?.address ?? 0, y.address, inverse.address, mean?.address ?? 0] as const;
  backend.run("norm", sizeOf(outer), ...from, ...to, columns, epsilon);
  return { y, sum, statistics: mean ? [inverse, mean] : [inverse] };
}

export const normKernels = accelerateFamily("norm", {
  norm(backend, inputs, { epsilon }) {
    const outputs = norm(backend, inputs, epsilon);
    return outputs && [outputs.y, ...outputs.statistics];
  },
  addNorm(backend, inputs, { epsilon }) {
    const outputs = norm(backend, inputs, epsilon);
    return outputs && [outputs.y, outputs.sum!, ...outputs.statistics];
  },
  normGradient(backend, { dy, x, gain, inverse, mean, dSum }) {
    const [rows, columns] = [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!];
    const { length } = x.data;
    if (dy.data.length !== length || gain.data.length !== columns || inverse.data.length !== rows) return undefined;
    if ((mean && mean.data.length !== rows) || (dSum && dSum.data.length !== length)) return undefined;
    const dx = backend.allocate(x.shape, "float32");
    const { count, height } = panelsOf(rows);
    const from = [addressOf(dy), addressOf(dSum), addressOf(x), addressOf(gain)] as const;
    const statistics = [addressOf(inverse), addressOf(mean)] as const;
    const sums = sumOfPanels(backend, { panels: count, columns, outputs: mean ? 2 : 1 }, ([dGain, dBias = 0]) => {
      backend.run("normGradient", count, ...from, ...statistics, dx.address, dGain!, dBias, rows, columns, height);
    });
    const [dGain, dBias] = sums;
    return mean ? [dx, dGain!, dBias!] : [dx, dGain!];
  },
});
