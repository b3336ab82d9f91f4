import type { Output, SimdBackend } from "../../backend/simd-backend.ts";
import { type Epilogue, oneProduct } from "../../gemm/gemm-request.ts";
import { columnSums } from "../column-sums.ts";
import { multiply } from "../mat-mul.ts";
import { sizeOf } from "../size-of.ts";
import { accelerateFamily, type InputsOf } from "./fused-family.ts";

/** `x · weight (+ bias)`, a matrix times the last axis. */
function product(
  backend: SimdBackend,
  { x, weight, bias }: InputsOf<"linear">,
  epilogue?: Epilogue,
): Output | undefined {
  if (bias && bias.data.length !== weight.shape[1]) return undefined;
  return multiply(backend, x, weight, {}, { bias: bias?.data.address, epilogue });
}

export const linearKernels = accelerateFamily("linear", {
  linear(backend, inputs) {
    const y = product(backend, inputs);
    return y && [y];
  },
  linearActivation(backend, inputs, { activation, keepSlope }) {
    const shape = [...inputs.x.shape.slice(0, -1), inputs.weight.shape.at(-1)!];
    const slope = keepSlope ? backend.allocate(shape, "float32") : undefined;
    const y = product(backend, inputs, { activation, slope: slope?.address ?? 0 });
    if (y !== undefined) return slope ? [y, slope] : [y];
    if (slope) backend.disposeIntermediateTensorInfo(slope);
    return undefined;
  },
  activationGradient(backend, { dy: { shape, data }, slope }) {
    if (slope.data.length !== data.length) return undefined;
    const [rows, columns] = [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
    const dx = backend.allocate(shape, "float32");
    const scaled = { factor: slope.data.address, product: dx.address };
    return [dx, columnSums(backend, { x: data.address, scaled, rows, columns })];
  },
  linears(backend, [x, ...matrices], { count }) {
    const outputs = matrices
      .slice(0, count)
      .map((weight, index) => product(backend, { x: x!, weight, bias: matrices[count + index] }));
    return outputs.every((output) => output !== undefined) ? outputs : undefined;
  },
  // Each product adds to the sum of those before.
  linearInputGradient(backend, inputs) {
    const count = inputs.length / 2;
    const outer = inputs[0]!.shape.slice(0, -1);
    const [m, n] = [sizeOf(outer), inputs[count]!.shape[0]!];
    const dx = backend.allocate([...outer, n], "float32");
    for (let index = 0; index < count; index++) {
      const k = inputs[index]!.shape.at(-1)!;
      const [a, b] = [inputs[index]!.data.address, inputs[count + index]!.data.address];
      const sizes = { m, n, k, a, lda: k, b, ldb: k, c: dx.address, ldc: n };
      backend.multiply({ ...oneProduct, ...sizes, transposeB: true, accumulate: index > 0 });
    }
    return [dx];
  },
  linearWeightGradient(backend, { x, dy }) {
    const [m, n] = [x.shape.at(-1)!, dy.shape.at(-1)!];
    const c = backend.allocate([m, n], "float32");
    const sizes = { m, n, k: sizeOf(x.shape.slice(0, -1)), lda: m, ldb: n, ldc: n };
    const places = { a: x.data.address, b: dy.data.address, c: c.address };
    backend.multiply({ ...oneProduct, ...sizes, ...places, transposeA: true });
    return [c];
  },
  columnSums(backend, { x: { shape, data } }) {
    const [rows, columns] = [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
    return [columnSums(backend, { x: data.address, rows, columns })];
  },
});
