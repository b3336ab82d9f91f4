import { createSimdBackend } from "@trivium/backend-simd";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { withoutData } from "../testing/without-data.ts";
import { constructedArm } from "./constructed-arm.ts";
import { inContextLearning } from "./in-context-learning.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

/** Forty sequences of an arm whose errors lie around a value. */
const errors = (around: number, seed: number) =>
  Array.from({ length: 40 }, (_, at) => around * (1 + ((at * 7 + seed) % 5) / 10));

function results(causal: number, prefix: number): ArmResult[] {
  const curve = (last: number) => Array.from({ length: 51 }, (_, layer) => 2 - ((2 - last) * layer) / 50);
  const constructed = {
    layers: { causal: curve(0.4), prefix: curve(1e-5) },
    last: { causal: errors(0.4, 1), prefix: errors(1e-5, 1) },
    fromFloat64: 1e-6,
    stationary: [{ mean: 0, examples: 20, error: 1.4, expected: 1.47 }],
  };
  const arms = [causal, prefix].flatMap((around, at) =>
    request.seeds.map((seed) => ({ parameters: 10, errors: errors(around, seed + at) })),
  );
  const again = { parameters: 10, errors: errors(causal, 1) };
  return [constructed, ...arms, again].map((numbers, at) => ({ name: `arm ${at}`, configuration: {}, numbers }));
}

test.each([
  ["supported", 0.4, 0.2],
  ["contradicted", 0.2, 0.4],
  ["not supported", 0.2, 0.2],
] as const)("it is %s by what is trained, not by what is constructed", (verdict, causal, prefix) => {
  const [first, constructed, , twice] = inContextLearning().analyse(results(causal, prefix), request).effects;
  expect(judge(first)).toBe(verdict);
  expect(first.estimate).toBeCloseTo(Math.log(causal / prefix), 1);
  expect(constructed && judge(constructed)).toBe("supported");
  expect([twice?.low, twice?.estimate, twice?.high]).toEqual([0, 0, 0]);
});

test("trained arms differ by mask and seed alone; one is repeated", () => {
  const configurations = () =>
    inContextLearning()
      .plan(request)
      .map(({ configuration }) => configuration);
  expect(JSON.stringify(configurations())).toBe(JSON.stringify(configurations()));
  const trained = configurations().slice(1);
  expect(trained).toHaveLength(7);
  const rest = trained.map(({ architecture, seed, repeat, ...same }) => JSON.stringify(same));
  expect(new Set(rest).size).toBe(1);
  expect(trained.at(-1)).toEqual({ ...trained[0], repeat: 1 });
});

test("the constructed layers do what float64 does, through the architectures' masks", async () => {
  await createSimdBackend({ name: "simd-in-context-learning", threads: 1 }).activate();
  const before = tf.memory().numTensors;
  const { numbers } = await consume(constructedArm({ sequences: 2, checked: 2 }).run(withoutData));
  expect(numbers.fromFloat64).toBeLessThan(1e-4);
  expect(numbers.last.prefix[0]).toBeLessThan(numbers.last.causal[0] as number);
  expect(numbers.layers.causal).toHaveLength(51);
  expect(numbers.stationary.find(({ mean, examples }) => mean === 0 && examples === 40)?.expected).toBeCloseTo(
    0.4035,
    4,
  );
  expect(tf.memory().numTensors).toBe(before);
});
