import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Recorder } from "../device/recorder.ts";
import { defineFamily, type InputsOf, rowsOf } from "./fused-family.ts";
import { groupsOf } from "./lanes.ts";
import { normForward } from "./norm-forward.ts";
import { normGradient, normParameterGradient } from "./norm-gradient.ts";
import { panelsOf, sumPanels } from "./panels.ts";

interface NormOutputs {
  readonly y: TensorInfo;
  readonly sum: TensorInfo;
  /** The inverse, and the mean where there is a bias. */
  readonly statistics: [TensorInfo, TensorInfo?];
}

function norm(
  recorder: Recorder,
  { x, branch, gain, bias }: InputsOf<"norm"> & { readonly branch?: TensorInfo },
  epsilon: number,
): NormOutputs {
  const { rows, columns } = rowsOf(x);
  const outer = x.shape.slice(0, -1);
  const y = recorder.allocate(x.shape);
  const sum = branch ? recorder.allocate(x.shape) : undefined;
  const inverse = recorder.allocate(outer);
  const mean = bias ? recorder.allocate(outer) : undefined;
  recorder.run(normForward, {
    buffers: { x, branch, gain, bias, y, sums: sum, inverses: inverse, means: mean },
    numbers: { columns, epsilon, has_branch: branch ? 1 : 0, has_bias: bias ? 1 : 0 },
    groups: rows,
  });
  return { y, sum: sum ?? x, statistics: mean ? [inverse, mean] : [inverse] };
}

/** Both norms, with a residual branch or without one. */
export const normKernels = defineFamily("norm", {
  norm(recorder, inputs, { epsilon }) {
    const { y, statistics } = norm(recorder, inputs, epsilon);
    return [y, ...statistics];
  },
  addNorm(recorder, inputs, { epsilon }) {
    const { y, sum, statistics } = norm(recorder, inputs, epsilon);
    return [y, sum, ...statistics];
  },
  normGradient(recorder, { dy, x, gain, inverse, mean, dSum }) {
    const { rows, columns } = rowsOf(x);
    const dx = recorder.allocate(x.shape);
    const has_mean = mean ? 1 : 0;
    recorder.run(normGradient, {
      buffers: { dy, x, gain, inverses: inverse, means: mean, d_sum: dSum, dx },
      numbers: { columns, has_mean, has_d_sum: dSum ? 1 : 0 },
      groups: rows,
    });
    const { count, height } = panelsOf(rows);
    const elements = count * columns;
    const dGain = recorder.allocate([count, columns]);
    const dBias = mean ? recorder.allocate([count, columns]) : undefined;
    recorder.run(normParameterGradient, {
      buffers: { dy, x, inverses: inverse, means: mean, d_gain: dGain, d_bias: dBias },
      numbers: { rows, columns, height, elements, has_mean },
      groups: groupsOf(elements),
    });
    const gradients: [TensorInfo, TensorInfo] = [dx, sumPanels(recorder, dGain)];
    return dBias ? [...gradients, sumPanels(recorder, dBias)] : gradients;
  },
});
