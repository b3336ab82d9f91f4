import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Example, specialIds, toBatch } from "@trivium/features";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { adamW, constant } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { type Arm, type ArmReport, type CompareEvent, compare } from "./compare.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

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
  return { example: held, references: [held.target] };
});

const batches = (objective: Objective) => ({
  batches: (step: number) => {
    const rows = Array.from({ length: 16 }, (_, index) => example(`${step}/${index}`));
    const context = { specials: specialIds, random: createRandom(step) };
    return [
      toBatch(
        rows.map((row) => objective.features(row, context)),
        { pad: 0 },
      ),
    ];
  },
});

async function run(
  chosen: readonly Arm[],
  signal?: AbortSignal,
): Promise<{ events: CompareEvent[]; reports: ArmReport[] }> {
  const shared = {
    attention: reference(),
    batches,
    heldOut,
    decodeTarget: (ids: readonly number[]) => "x".repeat(ids.length),
  };
  const settings = { steps: 12, seed: 1, optimizer: adamW(), schedule: constant({ rate: 1e-2 }), curvePoints: 3 };
  const stream = compare({ arms: chosen, ...shared, ...settings, ...(signal ? { signal } : {}) });
  const events: CompareEvent[] = [];
  for (let next = await stream.next(); ; next = await stream.next()) {
    if (next.done) return { events, reports: next.value };
    events.push(next.value);
  }
}

test("every arm is trained on the same targets and reported with costs and scores", async () => {
  const { reports } = await run(arms);
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
  const timeless = ({ reports }: { reports: ArmReport[] }) =>
    JSON.stringify(reports, (key, value) => (/^seconds$|^tokensPerSecond$/.test(key) ? undefined : value));
  const twice = await run([arms[1]!, { ...arms[1]!, name: "prefix" }]);
  const [first, second] = twice.reports;
  expect(timeless({ reports: [first!] })).toBe(timeless({ reports: [second!] }));
});

test("no tensor outlives a comparison, finished or aborted", async () => {
  const before = tf.memory().numTensors;
  await run([arms[0]!]);
  const aborted = await run(arms, AbortSignal.abort());
  expect(aborted.reports).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);
});
