import { adamWUpdate, fusedKernels, squaredNorms, type Tensor2D, tf, writeSlots } from "@trivium/tensor";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { createSimdBackend } from "../../index.ts";
import { floats, seed } from "../../testing/arbitraries.ts";
import { type FusedProgram, fusedPrograms, tensor } from "../../testing/fused-programs.ts";
import type { Given } from "../../testing/kernel-call.ts";

const simd = createSimdBackend({ name: "odd-numbers", poison: true });

/** The outputs of a program and the gradients of their sum to each float input. */
function outputsAndGradients(inputs: readonly Given[], run: FusedProgram["run"]): Float32Array[] {
  return tf.tidy(() => {
    const tensors = inputs.map(tensor);
    const varied = tensors.filter(({ dtype }) => dtype === "float32");
    const { grads } = tf.engine().gradients(() => tf.sum(run(...tensors)) as tf.Scalar, varied, undefined, true);
    return [run(...tensors), ...grads].map((x) => (x ?? tf.zeros([1])).dataSync() as Float32Array);
  });
}

const withoutGradient: Readonly<Record<string, fc.Arbitrary<FusedProgram>>> = {
  AdamW: seed.map((from) => ({
    inputs: [0, 1, 2, 3].map((index) => floats([9], from + index)),
    run: (...inputs) => {
      const [parameter, gradient, m, v] = inputs.map((x) => tf.add(x, 0));
      const one = { parameter: parameter!, gradient: gradient!, m: m!, v: v!, weightDecay: 0.1 };
      const rates = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, correction1: 0.3, correction2: 0.2 };
      const [next] = adamWUpdate([one], { ...rates, gradientScale: 0.5 });
      return tf.concat([next!.parameter, next!.m, next!.v]);
    },
  })),
  "squared norms": seed.map((from) => ({
    inputs: [floats([9], from), floats([5000], from + 1)],
    run: (...inputs) => squaredNorms(inputs),
  })),
  slots: seed.map((from) => ({
    inputs: [floats([5, 3], from), floats([2, 3], from + 1)],
    run: (storage, slots) => writeSlots(tf.add(storage!, 0) as Tensor2D, slots as Tensor2D, [1, 2]),
  })),
};

const oddNumber = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const places = fc.array(fc.record({ input: fc.nat(), at: fc.nat(), value: oddNumber }), { minLength: 1, maxLength: 2 });

function withOddNumbers(
  inputs: readonly Given[],
  odd: readonly { input: number; at: number; value: number }[],
): Given[] {
  const changed = inputs.map((input) => ({ ...input, values: input.values.slice() }));
  const varied = changed.filter(({ dtype, values }) => dtype === "float32" && values.length > 0);
  if (varied.length === 0) return changed;
  for (const { input, at, value } of odd) {
    const { values } = varied[input % varied.length]!;
    values[at % values.length] = value;
  }
  return changed;
}

/** Outputs are the same infinities and NaN; of gradients only which are finite is defined, as ∞ − ∞ depends on the order. */
function expectSameKind(actual: Float32Array, expected: Float32Array, isOutput: boolean): void {
  expected.forEach((value, index) => {
    const got = actual[index]!;
    if (Number.isFinite(value) && Math.abs(got - value) <= 1e-4 * Math.max(1, Math.abs(value))) return;
    if (!Number.isFinite(value) && (isOutput ? Object.is(got, value) : !Number.isFinite(got))) return;
    expect.fail(`element ${index} of ${isOutput ? "the output" : "a gradient"} should be ${value}, got ${got}`);
  });
}

describe("kernels are the composed ops on infinities and NaN", () => {
  afterAll(() => {
    const calls = simd.acceleratedCalls();
    // Attention has its oracle, and so its tests, above this package; packed weights have theirs beside their kernels.
    const elsewhere = new Set<string>(["attention", "packed-weight"]);
    const unused = Object.values(fusedKernels).filter(({ name, family }) => !elsewhere.has(family) && !calls[name]);
    expect(unused).toEqual([]);
  });

  const programs = Object.entries(fusedPrograms).map(([name, given]) => [name, given, true] as const);
  const others = Object.entries(withoutGradient).map(([name, given]) => [name, given, false] as const);
  test.for([...programs, ...others])("%s", async ([, given, isDifferentiable]) => {
    const results = (inputs: readonly Given[], run: FusedProgram["run"]) =>
      isDifferentiable
        ? outputsAndGradients(inputs, run)
        : [tf.tidy(() => run(...inputs.map(tensor)).dataSync() as Float32Array)];
    await fc.assert(
      fc.asyncProperty(given, places, async ({ inputs, run }, odd) => {
        const changed = withOddNumbers(inputs, odd);
        await simd.activate();
        const actual = results(changed, run);
        await tf.setBackend("cpu");
        results(changed, run).forEach((values, index) => {
          expectSameKind(actual[index]!, values, index === 0);
        });
      }),
      { numRuns: 60 },
    );
  });
});
