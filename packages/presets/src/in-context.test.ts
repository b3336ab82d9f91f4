import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import {
  constructedErrors,
  drawSequences,
  expectedStationaryError,
  inContextArchitecture,
  inContextDescent,
  linearRegression,
} from "@trivium/evaluator";
import { selfMaskOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { prefix } from "@trivium/model-prefix";
import { expect, test } from "vitest";

const simd = createSimdBackend({ name: "simd-in-context", threads: 2 });

/** The experiment of Ding et al. 2024, §5.1, over eight times as many sequences. */
const sizes = { task: linearRegression, width: 16, examples: 40, queries: 200 };
const [rate, layers] = [0.04, 50];
const sequences = drawSequences(sizes, 512, createRandom(0));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const curveOf = (errors: readonly Float64Array[]): number[] =>
  Array.from({ length: layers + 1 }, (_, layer) => mean(errors.map((one) => one[layer]!)));

test("constructed linear attention: 512 sequences, each layer as in float64, to where the theory says", async () => {
  await simd.activate();
  const curves = [prefix, causal].map((architecture) => {
    const mask = selfMaskOf(inContextArchitecture(architecture, sizes.examples), "tokens")({ prefixLengths: 0 });
    const batches = Array.from({ length: 16 }, (_, index) => sequences.slice(32 * index, 32 * (index + 1)));
    const errors = batches.flatMap((batch) => constructedErrors(batch, { mask, rate, layers }));
    const sees = architecture === prefix ? "all" : "earlier";
    const exact = curveOf(sequences.map((sequence) => inContextDescent(sequence, { sees, rate, layers })));
    const curve = curveOf(errors);
    for (const [layer, error] of curve.entries()) {
      expect(Math.abs(error / exact[layer]! - 1), `${architecture.name}, layer ${layer}`).toBeLessThan(1e-4);
    }
    return curve;
  });
  const [ofPrefix, ofCausal] = curves as [number[], number[]];
  expect(ofPrefix[layers]).toBeLessThan(1e-4);
  const stationary = expectedStationaryError(sizes);
  expect(Math.abs(ofCausal[layers]! / stationary - 1)).toBeLessThan(0.1);
});
