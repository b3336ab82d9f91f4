import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Recorder } from "../device/recorder.ts";
import { activationCodes } from "./activations.ts";
import { columnSums } from "./column-sums.ts";
import { type AttributesOf, defineFamily, type InputsOf, rowsOf } from "./fused-family.ts";
import { groupsOf } from "./lanes.ts";
import { panelsOf, sumPanels } from "./panels.ts";
import { product, productGroups, productNumbers } from "./product.ts";

/** `x · weight (+ bias)`, and its activation. */
function affine(
  recorder: Recorder,
  { x, weight, bias }: InputsOf<"linear">,
  activated?: AttributesOf<"linearActivation">,
): [TensorInfo, TensorInfo?] {
  const { rows: m, columns: k } = rowsOf(x);
  const n = weight.shape[1] as number;
  const shape = [...x.shape.slice(0, -1), n];
  const c = recorder.allocate(shape);
  const slope = activated?.keepSlope ? recorder.allocate(shape) : undefined;
  const kind = activationCodes[activated?.activation ?? "none"];
  const epilogue = { has_bias: bias ? 1 : 0, kind, keep_slope: slope ? 1 : 0 };
  const numbers = { ...productNumbers({ m, n, k }), ...epilogue };
  recorder.run(product, { buffers: { a: x, b: weight, bias, c, slope }, numbers, groups: productGroups({ m, n }) });
  return slope ? [c, slope] : [c];
}

/** Sums over all axes but the last, of `x` or of `dx = x · slope`. */
function sumsOf(
  recorder: Recorder,
  x: TensorInfo,
  scaled?: { readonly slope: TensorInfo; readonly dx: TensorInfo },
): TensorInfo {
  const { rows, columns } = rowsOf(x);
  const { count, height } = panelsOf(rows);
  const elements = count * columns;
  const sums = recorder.allocate([count, columns]);
  const buffers = { x, slope: scaled?.slope, dx: scaled?.dx, sums };
  const numbers = { rows, columns, height, elements, has_slope: scaled ? 1 : 0 };
  recorder.run(columnSums, { buffers, numbers, groups: groupsOf(elements) });
  return sumPanels(recorder, sums);
}

/** Affine maps, with an activation or without one, and their gradients. */
export const linearKernels = defineFamily("linear", {
  linear(recorder, inputs) {
    return [affine(recorder, inputs)[0]];
  },
  linearActivation: affine,
  linears(recorder, [x, ...matrices], { count }) {
    const weights = matrices.slice(0, count);
    return weights.map((weight, index) => affine(recorder, { x: x!, weight, bias: matrices[count + index] })[0]);
  },
  activationGradient(recorder, { dy, slope }) {
    const dx = recorder.allocate(dy.shape);
    return [dx, sumsOf(recorder, dy, { slope, dx })];
  },
  linearInputGradient(recorder, inputs) {
    const count = inputs.length / 2;
    const { rows: m } = rowsOf(inputs[0]!);
    const n = inputs[count]!.shape[0] as number;
    const c = recorder.allocate([...inputs[0]!.shape.slice(0, -1), n]);
    for (let index = 0; index < count; index++) {
      const [a, b] = [inputs[index]!, inputs[count + index]!];
      const sizes = productNumbers({ m, n, k: rowsOf(a).columns }, { transposeB: true });
      const numbers = { ...sizes, accumulate: index > 0 ? 1 : 0 };
      const buffers = { a, b, bias: undefined, c, slope: undefined };
      recorder.run(product, { buffers, numbers, groups: productGroups({ m, n }) });
    }
    return [c];
  },
  linearWeightGradient(recorder, { x, dy }) {
    const [{ rows: k, columns: m }, { columns: n }] = [rowsOf(x), rowsOf(dy)];
    const c = recorder.allocate([m, n]);
    const buffers = { a: x, b: dy, bias: undefined, c, slope: undefined };
    const numbers = productNumbers({ m, n, k }, { transposeA: true });
    recorder.run(product, { buffers, numbers, groups: productGroups({ m, n }) });
    return [c];
  },
  columnSums(recorder, { x }) {
    return [sumsOf(recorder, x)];
  },
});
