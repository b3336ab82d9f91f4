import { readFileSync } from "node:fs";
import { simd } from "@trivium/backend-simd";
import { logitsOf } from "@trivium/model";
import { disposeTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { rotaryModel, rotaryPrompt, type ScalingName, scalingNames } from "./testing/rotary-models.ts";

const { found } = JSON.parse(readFileSync(new URL("../gguf/fixtures/rotary.json", import.meta.url), "utf8")) as {
  readonly found: Readonly<Record<ScalingName, readonly number[]>>;
};

beforeAll(async () => void (await simd.activate()));

/** Log-probabilities behind the row. */
function computed(name: ScalingName): number[] {
  const { model, parameters } = rotaryModel(name);
  const row = { ids: Int32Array.from(rotaryPrompt), lengths: [rotaryPrompt.length], length: rotaryPrompt.length };
  const input = { size: 1, streams: { tokens: row }, prefixLengths: [0] };
  const all = tf.tidy(() => tf.logSoftmax(logitsOf(model, parameters, input)).arraySync());
  disposeTree(parameters);
  return all[0]?.at(-1) as number[];
}

const apart = (one: readonly number[], other: readonly number[]): number =>
  Math.max(...one.map((value, at) => Math.abs(value - (other[at] as number))));

test.each(scalingNames)("llama.cpp computes what we compute with the file that we write: %s", (name) => {
  expect(found[name]).toHaveLength(261);
  expect(apart(computed(name), found[name])).toBeLessThan(1e-4);
});

test("each scaling is told from the others by these numbers", () => {
  for (const [at, name] of scalingNames.entries())
    for (const other of scalingNames.slice(at + 1)) expect(apart(found[name], found[other])).toBeGreaterThan(1e-2);
});
