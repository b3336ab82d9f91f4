import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { full } from "@trivium/masks";
import { selfMaskOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { prefix } from "@trivium/model-prefix";
import { tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { constructedErrors } from "./constructed-errors.ts";
import { drawSequences } from "./draw-sequence.ts";
import { inContextArchitecture } from "./in-context-architecture.ts";
import { inContextDescent } from "./in-context-descent.ts";
import { linearRegression } from "./in-context-task.ts";

beforeAll(() => createSimdBackend({ name: "simd-constructed-errors", threads: 1 }).activate());

const sizes = { task: linearRegression, width: 16, examples: 40, queries: 200 };
const rate = 0.04;
const layers = 50;

test.each([
  [prefix, "all"],
  [causal, "earlier"],
] as const)("layers of linear attention under the mask of $name take the steps of gradient descent", (one, sees) => {
  const sequences = drawSequences(sizes, 3, createRandom(0));
  const mask = selfMaskOf(inContextArchitecture(one, sizes.examples), "tokens")({ prefixLengths: 0 });
  const before = tf.memory().numTensors;
  const errors = constructedErrors(sequences, { mask, rate, layers });
  expect(tf.memory().numTensors).toBe(before);
  for (const [index, sequence] of sequences.entries()) {
    const expected = inContextDescent(sequence, { sees, rate, layers });
    for (const [layer, error] of expected.entries()) {
      expect(Math.abs(errors[index]![layer]! / error - 1), `layer ${layer}`).toBeLessThan(1e-4);
    }
  }
});

test("pitfall: queries that are seen spoil the predictions", () => {
  const [sequence] = drawSequences(sizes, 1, createRandom(0));
  const options = { rate, layers: 5 };
  const [spoilt] = constructedErrors([sequence!], { mask: full(), ...options });
  const exact = inContextDescent(sequence!, { sees: "all", ...options });
  expect(Math.abs(spoilt![5]! / exact[5]! - 1)).toBeGreaterThan(0.1);
});
