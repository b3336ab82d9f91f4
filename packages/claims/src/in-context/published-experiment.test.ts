import { fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { prefix } from "@trivium/model-prefix";
import { consume } from "@trivium/trainer";
import { expect, test } from "vitest";
import { constructedErrors } from "./constructed-errors.ts";
import { drawSequences } from "./draw-sequence.ts";
import { inContextArchitecture } from "./in-context-architecture.ts";
import { inContextDescent } from "./in-context-descent.ts";
import { linearRegression } from "./in-context-task.ts";
import { expectedStationaryError } from "./stationary-weights.ts";
import { type InContextReport, trainInContext } from "./train-in-context.ts";

const simd = createSimdBackend({ name: "simd-in-context", threads: 2 });

/** The experiment of Ding et al. 2024, §5.1, over twice as many sequences; `pnpm check:long` takes eight times as many. */
const sizes = { task: linearRegression, width: 16, examples: 40, queries: 200 };
const [rate, layers] = [0.04, 50];
const count = process.env.TRIVIUM_LONG ? 512 : 128;
const sequences = drawSequences(sizes, count, createRandom(0));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const curveOf = (errors: readonly Float64Array[]): number[] =>
  Array.from({ length: layers + 1 }, (_, layer) => mean(errors.map((one) => one[layer]!)));

test(`constructed linear attention: ${count} sequences, each layer as in float64, to where the theory says`, async () => {
  await simd.activate();
  const curves = [prefix, causal].map((architecture) => {
    const mask = selfMaskOf(inContextArchitecture(architecture, sizes.examples), "tokens")({ prefixLengths: 0 });
    const batches = Array.from({ length: count / 32 }, (_, index) => sequences.slice(32 * index, 32 * (index + 1)));
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

const trained = (architecture: Architecture, steps: number) =>
  consume(
    trainInContext({
      architecture,
      attention: fused(),
      steps,
      seed: 1,
      sequences: { task: linearRegression, width: 4, examples: 10, queries: 10 },
      config: { layers: 4, width: 32, heads: 4 },
      learningRate: 4e-3,
      heldOut: 256,
      curvePoints: 1,
    }),
  ) as Promise<InContextReport>;

test("trained softmax attention: the prefix learns more from its examples than the causal mask", async () => {
  await simd.activate();
  const [ofPrefix, ofCausal] = [await trained(prefix, 200), await trained(causal, 200)];
  const differences = ofCausal.errors.map((error, index) => error - ofPrefix.errors[index]!);
  const difference = mean(differences);
  const deviation = Math.sqrt(mean(differences.map((one) => (one - difference) ** 2)) / differences.length);
  expect(difference, `${mean(ofCausal.errors)} and ${mean(ofPrefix.errors)}`).toBeGreaterThan(4 * deviation);
  // Both have learned: who says 0 is off by 4/3.
  expect(mean(ofCausal.errors)).toBeLessThan(0.3);
});

test("training in context gives the same bits on 1, 2 and 4 threads", async () => {
  const reports: InContextReport[] = [];
  for (const threads of [1, 2, 4]) {
    await createSimdBackend({ name: `simd-in-context-${threads}`, threads, splitUnits: 1 }).activate();
    reports.push(await trained(causal, 5));
  }
  expect(reports[1]!.errors).toEqual(reports[0]!.errors);
  expect(reports[2]!.errors).toEqual(reports[0]!.errors);
});
