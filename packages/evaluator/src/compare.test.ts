import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { batchesByStep, type Example, toBatch } from "@trivium/features";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { adamW, constant, consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { type CompareOptions, compare } from "./compare.ts";
import type { Arm, ArmReport } from "./run-arm.ts";

beforeAll(() => createSimdBackend({ name: "simd-compare", threads: 1 }).activate());

const config = { vocabulary: 16, length: 12, width: 16, layers: 1, heads: 2 };
const arms: Arm[] = [
  { name: "causal", architecture: causal, config, objective: causalLm({ loss: "target" }) },
  { name: "prefix", architecture: prefix, config, objective: prefixLm() },
  { name: "encoder-decoder", architecture: encoderDecoder, config, objective: seq2seq() },
];

/** Reversal of three symbols. */
function example(seed: string): Example & { target: number[] } {
  const random = createRandom(seed);
  const source = Array.from({ length: 3 }, () => 5 + random.integer(8));
  return { source, target: source.toReversed() };
}

const heldOut = Array.from({ length: 20 }, (_, index) => {
  const held = example(`held-out ${index}`);
  return { example: held, references: [held.target.join(" ")] };
});

const batches = (objective: Objective) =>
  batchesByStep((step) => {
    const rows = Array.from({ length: 16 }, (_, index) => example(`${step}/${index}`));
    const context = { special: reservedSpecials(), random: createRandom(step) };
    return [
      toBatch(
        rows.map((row) => objective.features(row, context)),
        { pad: 0 },
      ),
    ];
  });

const options = (chosen: readonly Arm[]): CompareOptions => ({
  arms: chosen,
  attention: reference(),
  batches,
  special: reservedSpecials(),
  heldOut,
  decodeTarget: (ids) => ids.join(" "),
  steps: 12,
  seed: 1,
  optimizer: adamW(),
  schedule: constant({ rate: 1e-2 }),
  curvePoints: 3,
});

async function run(chosen: readonly Arm[], signal?: AbortSignal): Promise<ArmReport[]> {
  return consume(compare({ ...options(chosen), signal }));
}

test("every arm is trained on the same targets and reported with costs and scores", async () => {
  const reports = await run(arms);
  expect(reports.map(({ name }) => name)).toEqual(["causal", "prefix", "encoder-decoder"]);
  expect(new Set(reports.map(({ tokensSupervised }) => tokensSupervised))).toEqual(new Set([12 * 16 * 4]));
  expect(new Set(reports.map(({ targetTokens }) => targetTokens))).toEqual(new Set([20 * 4]));
  for (const report of reports) {
    expect(report.targetLoss).toBeLessThan(Math.log(16));
    expect(report.per).toBeGreaterThanOrEqual(0);
    expect(report.wer).toBeLessThanOrEqual(1);
    expect(report.flops).toBeGreaterThan(0);
    expect(report.curve.map(({ step }) => step)).toEqual([4, 8, 12]);
    expect(report.curve.at(-1)?.targetLoss).toBeCloseTo(report.targetLoss, 5);
  }
  expect(reports[2]!.parameters).toBeGreaterThan(reports[0]!.parameters);
  expect(reports[0]!.parameters).toBe(reports[1]!.parameters);
});

test("the same arm and seed twice differ by exactly nothing but time", async () => {
  const timeless = (report: ArmReport) =>
    JSON.stringify(report, (key, value) => (/^seconds$|^tokensPerSecond$/.test(key) ? undefined : value));
  const [first, second] = await run([arms[1]!, { ...arms[1]!, name: "prefix" }]);
  expect(timeless(first!)).toBe(timeless(second!));
});

test("an arm whose evaluation is aborted is not reported", async () => {
  const controller = new AbortController();
  const stream = compare({ ...options([arms[0]!]), signal: controller.signal });
  for (let next = await stream.next(); ; next = await stream.next()) {
    if (next.done) {
      expect(next.value).toEqual([]);
      break;
    }
    if (next.value.type === "evaluate") controller.abort();
  }
});

test("no tensor outlives a comparison, finished or aborted", async () => {
  const before = tf.memory().numTensors;
  await run([arms[0]!]);
  const aborted = await run(arms, AbortSignal.abort());
  expect(aborted).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);
});
