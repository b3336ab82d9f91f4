import { createSimdBackend } from "@trivium/backend-simd";
import { maskFromJson, parseMask } from "@trivium/masks";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { withoutData } from "../testing/without-data.ts";
import { dialoguePositions } from "./dialogue-positions.ts";
import { maskDifficulty } from "./mask-difficulty.ts";
import { conditionsOf, maskMistakes } from "./mask-mistakes.ts";
import { type MistakeCount, type MistakeOutcome, mistakeCounts } from "./mistake-outcomes.ts";

beforeAll(() => createSimdBackend({ name: "simd-mask-difficulty", threads: 1 }).activate());

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

/** Counts of ten mistakes, `leaks` of which leak. */
const counted = (architecture: string, leaks: number): MistakeCount => ({
  architecture,
  collation: "padded",
  masks: 1,
  conditions: 2,
  broken: 0,
  clean: true,
  mistakes: Array.from({ length: 10 }, (_, at) => ({
    at: "tokens",
    what: `mistake ${at}`,
    outcome: at < leaks ? ("label leak" as const) : ("blind" as const),
  })),
});

const results = (inCausal: number, inPrefix: number): ArmResult[] => [
  {
    name: "mistakes",
    configuration: {},
    numbers: [counted("causal", inCausal), counted("prefix", inPrefix), counted("encoder-decoder", 2)],
  },
  {
    name: "dialogue",
    configuration: {},
    numbers: ["causal", "prefix", "encoder-decoder"].map((architecture) => ({
      architecture,
      tokens: 100,
      encoded: 100,
      recomputed: architecture === "causal" ? 0 : 200,
      turns: [0, 200],
    })),
  },
];

test.each([
  ["supported", 3, 5],
  ["contradicted", 5, 3],
  ["not supported", 4, 4],
] as const)("it is %s where %i of ten mistakes leak in causal masks and %i in prefix masks", (verdict, one, other) => {
  const { effects } = maskDifficulty().analyse(results(one, other), request);
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo((other - one) / 10, 10);
  expect(effects.at(-1)?.estimate).toBe(2);
});

test("plans are the same again, and presets differ by the dialogue's turns alone", () => {
  const plan = (preset: ClaimRequest["preset"]) =>
    maskDifficulty()
      .plan({ ...request, preset })
      .map(({ configuration }) => configuration);
  expect(plan("quick")).toEqual(plan("quick"));
  const [quick, full] = [plan("quick"), plan("full")];
  expect(quick[0]).toEqual(full[0]);
  expect({ ...quick[1], turns: 0 }).toEqual({ ...full[1], turns: 0 });
});

test("each mistake is one edit, made in every place, and can be read as a mask", () => {
  const { spec } = parseMask("(prefix([2,3]) | causal) & padding([5,4])");
  const mistakes = maskMistakes(spec);
  expect(mistakes.map(({ what }) => what)).toEqual([
    ...["not and", "or for and", "or left out of and", "padding left out of and"],
    ...["not or", "and for or", "prefix left out of or", "causal left out of or"],
    ...["not prefix", "prefix lengths + 1", "prefix lengths − 1", "prefix lengths of row 0 for all"],
    ...["not causal", "causal offset + 1", "causal offset − 1", "full for causal"],
    ...["not padding", "padding lengths + 1", "padding lengths − 1", "padding lengths of row 0 for all"],
  ]);
  for (const mistake of mistakes) expect(() => maskFromJson(mistake.spec)).not.toThrow();
  expect(new Set(mistakes.map((one) => JSON.stringify(one.spec))).size).toBe(mistakes.length);
  expect(conditionsOf(spec)).toBe(3);
});

test("pitfalls 6, 7, 10: planted in live models, leaks are found, and right masks are clean", async () => {
  const before = tf.memory().numTensors;
  const examples = [
    { source: [5, 9], target: [6, 11] },
    { source: [12], target: [10] },
  ];
  const { numbers } = await consume(mistakeCounts(["prefix"], { layers: 1, examples }).run(withoutData));
  expect(tf.memory().numTensors).toBe(before);
  expect(numbers.map(({ collation, clean }) => [collation, clean])).toEqual([
    ["padded", true],
    ["packed", true],
  ]);
  const outcomes = (what: string): (MistakeOutcome | undefined)[] =>
    numbers.map(({ mistakes }) => mistakes.find((mistake) => mistake.what === what)?.outcome);
  for (const what of ["causal offset + 1", "not causal", "prefix lengths + 1", "prefix lengths of row 0 for all"])
    expect(outcomes(what)).toEqual(["label leak", "label leak"]);
  expect(outcomes("prefix lengths − 1")).toEqual(["blind", "blind"]);
  // Packed, the prefixes are of two documents and the batch is of one row.
  expect(outcomes("documents left out")).toEqual([undefined, "refused"]);
});

test("pitfall 13: a dialogue makes prefix models and encoder–decoders encode again what came before", async () => {
  const architectures = ["causal", "prefix", "encoder-decoder"];
  const arm = dialoguePositions({ architectures, turns: 3, turn: { prompt: 3, reply: 2 } });
  const { numbers } = await consume(arm.run(withoutData));
  expect(numbers.map(({ turns }) => turns)).toEqual([
    [0, 0, 0],
    [0, 4, 9],
    [0, 4, 9],
  ]);
});
