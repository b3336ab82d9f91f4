import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceleratedKernels } from "../kernels/all.ts";
import { registerSimdBackend } from "../register.ts";
import { fusedCases } from "../testing/fused-cases.ts";
import type { KernelCall } from "../testing/kernel-call.ts";
import { kernelCases } from "../testing/kernel-cases.ts";
import { runKernelOn } from "../testing/run-kernel.ts";

const cases = { ...kernelCases, ...fusedCases };
const one = registerSimdBackend("simd-one-thread", { poison: true, threads: 1 });
/** Every job is cut, into single work units, however small it is. */
const several = [2, 4].map((threads) =>
  registerSimdBackend(`simd-${threads}`, { poison: true, threads, splitUnits: 1 }),
);

const bitsOf = (name: string, call: KernelCall) =>
  runKernelOn(name, call).map(({ shape, dtype, values }) => ({
    shape,
    dtype,
    bits: [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
  }));

test("there is a case for every accelerated kernel", () => {
  expect(Object.keys(cases)).toEqual(expect.arrayContaining(acceleratedKernels.map(({ kernelName }) => kernelName)));
});

describe.for(several.map((backend) => [backend.use().threads, backend] as const))("%s threads", ([, backend]) => {
  test.for(Object.entries(cases))("give the bits of one thread: %s", ([, { calls }]) => {
    fc.assert(
      fc.property(calls, (call) => {
        expect(bitsOf(backend.name, call)).toEqual(bitsOf(one.name, call));
      }),
      { numRuns: 40 },
    );
  });
});

/** Products that are cut as programs cut them: along rows, along columns, and between the matrices of a batch. */
const products: readonly [string, number[], number[], boolean, boolean][] = [
  ["rows", [515, 300], [300, 131], false, false],
  ["columns", [67, 513], [513, 1031], false, false],
  ["columns of a transposed B", [67, 300], [1031, 300], false, true],
  ["columns of few rows", [3, 700], [700, 2050], false, false],
  ["columns of one row", [1, 700], [2050, 700], false, true],
  ["a transposed A", [1024, 130], [1024, 517], true, false],
  ["a batch", [37, 33, 40], [37, 40, 33], false, false],
  ["a batch of two", [2, 130, 140], [2, 140, 130], false, false],
];

describe.for([2, 3, 4])("with %s threads", (threads) => {
  const backend = registerSimdBackend(`simd-uncut-${threads}`, { poison: true, threads });
  test.for(products)(
    "a product gives the bits of one thread, cut along %s",
    async ([, a, b, transposeA, transposeB]) => {
      const values = (shape: number[], by: number) =>
        Float32Array.from({ length: shape.reduce((all, size) => all * size) }, (_, index) => Math.sin(index * by));
      const call: KernelCall = {
        kernelName: "BatchMatMul",
        inputs: {
          a: { shape: a, dtype: "float32", values: values(a, 1.7) },
          b: { shape: b, dtype: "float32", values: values(b, 0.9) },
        },
        attributes: { transposeA, transposeB },
      };
      await backend.threadsReady();
      const [product] = runKernelOn(backend.name, call);
      const [expected] = runKernelOn(one.name, call);
      expect(product!.values).toEqual(expected!.values);
    },
  );
});
