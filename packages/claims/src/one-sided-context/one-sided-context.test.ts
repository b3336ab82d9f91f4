import { createSimdBackend } from "@trivium/backend-simd";
import { createDataset } from "@trivium/data";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import type { ArmContext, ArmResult, Claim, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { trainingArm } from "../framework/training-arm.ts";
import { prefixSupervision } from "../prefix-supervision/prefix-supervision.ts";
import { trainedArm } from "../testing/trained-arm.ts";
import { withoutData } from "../testing/without-data.ts";
import { type SightName, sights } from "../trained/sight.ts";
import { trainingEfficiency } from "../training-efficiency/training-efficiency.ts";
import { type ContextSeen, contextProbe } from "./context-probe.ts";
import { oneSidedContext } from "./one-sided-context.ts";

beforeAll(() => createSimdBackend({ name: "simd-one-sided-context", threads: 1 }).activate());

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };
const full: ClaimRequest = { ...request, preset: "full" };
const plan = (asked = request) => oneSidedContext().plan(asked);

/** The results of a plan in which causal arms lose so much on CMUdict, and all others one nat. */
function results(causalLoss: number, asked = request): ArmResult[] {
  const probeOf = (name: string) => {
    const moved = name.startsWith("causal") ? 0 : 6;
    const layers = (value: number) => [0, value, value];
    const readable = [0.2, moved / 6, moved / 6];
    return { pairs: 6, moved: layers(moved), least: layers(moved), largest: layers(moved), readable, chance: 0.2 };
  };
  return plan(asked).map(({ name }) => {
    const seed = Number(/seed (\d)/.exec(name)?.[1] ?? 1);
    const loss = name.startsWith("causal, CMUdict, seed") ? causalLoss : 1;
    return trainedArm(name, loss + seed * 1e-3, { probe: name.includes("late operator") ? probeOf(name) : null });
  });
}

test.each([
  ["supported", 1.2],
  ["contradicted", 0.8],
  ["not supported", 1],
] as const)("it is %s by the loss on the same target tokens", (verdict, loss) => {
  const { effects, tables } = oneSidedContext().analyse(results(loss), request);
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo(loss - 1, 6);
  const named = (part: string) => effects.find(({ name }) => name.startsWith(part));
  expect(named("earlier source states")).toMatchObject({ estimate: 1, low: 1, high: 1 });
  expect(named("operator read")?.estimate).toBe(1);
  expect(named("the same arm twice")).toMatchObject({ estimate: 0, low: 0, high: 0 });
  expect(tables[0]?.rows).toHaveLength(3 * 3 * 3);
});

test("arms of one task differ by what they see, and share the work with prefix-supervision", () => {
  const configurations = (arms: readonly { configuration: object }[]) =>
    arms.map(({ configuration }) => JSON.stringify(configuration));
  expect(configurations(plan())).toEqual(configurations(plan()));
  const cmudict = plan().filter(({ name }) => /^(causal|prefix|encoder–decoder), CMUdict, seed/.test(name));
  const rest = cmudict.map(({ configuration: { architecture, objective, seed, ...same } }) => JSON.stringify(same));
  expect([cmudict.length, new Set(rest).size]).toEqual([9, 1]);
  for (const asked of [request, full]) {
    const own = configurations(plan(asked));
    const shared = (other: Claim) => {
      const others = new Set(configurations(other.plan(asked)));
      return own.filter((one) => others.has(one)).length;
    };
    expect([shared(prefixSupervision()), shared(trainingEfficiency())]).toEqual([6, 12]);
  }
});

test("SCAN stands beside published numbers, split by split, the hard splits with one seed", () => {
  const arms = plan(full).filter(({ name }) => name.includes("SCAN"));
  expect(arms.map(({ name }) => name.replace(/.* SCAN /, "")).sort()).toEqual([
    ...Array<string>(3).fill("addprim-jump, seed 1"),
    ...Array<string>(3).fill("length, seed 1"),
    ...[1, 2, 3].flatMap((seed) => Array<string>(3).fill(`simple, seed ${seed}`)),
  ]);
  const exactMatch = ({ name }: ArmResult) => (name.startsWith("prefix, SCAN simple, seed 2") ? 0.7 : 1);
  const scanned = results(1, full).map((arm) => ({
    ...arm,
    numbers: { ...(arm.numbers as object), exactMatch: exactMatch(arm) } as never,
  }));
  const { tables, effects } = oneSidedContext().analyse(scanned, full);
  const rows = tables.find(({ title }) => title.startsWith("SCAN"))?.rows ?? [];
  expect(
    rows.filter(([, model]) => model === "prefix").map(([split, , seeds, , exact]) => [split, seeds, exact]),
  ).toEqual([
    ["simple", 3, expect.closeTo(0.9, 10)],
    ["length", 1, 1],
    ["addprim-jump", 1, 1],
  ]);
  for (const [split, , , , exact, published, source] of rows) {
    expect(["simple", "length", "addprim-jump"]).toContain(split);
    expect([exact === null, published === null]).toEqual(source === "here" ? [false, true] : [true, false]);
  }
  expect(effects.some(({ name }) => name.startsWith("SCAN simple, exact match"))).toBe(true);
});

test("the repetition is an arm of its own with nothing else changed", () => {
  const { configuration } = plan().at(-1) as ReturnType<typeof plan>[number];
  const { repeat, ...same } = configuration;
  expect(repeat).toBe(1);
  expect(plan().map((arm) => arm.configuration)).toContainEqual(same);
});

const questions = Array.from({ length: 124 }, (_, at) => {
  const digits = [at % 5, Math.floor(at / 5) % 5, Math.floor(at / 25)];
  const [operator, target] = at % 2 === 0 ? ["f", digits[0]] : ["l", digits[2]];
  return { source: `${digits.join("")}${operator}`, target: String(target) };
});
const context: ArmContext = {
  ...withoutData,
  dataset: async () =>
    createDataset({
      name: "late-operator",
      train: questions.slice(0, 64),
      validation: questions.slice(64),
      test: [],
      tokenizer: { name: "shared", tokenizer: { name: "character" } },
    }),
};

test.each(["causal", "prefix", "encoder–decoder"] as const)(
  "%s: what a source state sees of later tokens",
  async (sight: SightName) => {
    const arm = trainingArm({
      name: sight,
      ...sights[sight],
      model: { width: 8, layers: 2, heads: 2 },
      dataset: { name: "late-operator" },
      steps: 2,
      batch: 8,
      seed: 1,
      evaluation: { decoded: 0, curvePoints: 1 },
      probe: contextProbe({ perturbed: 2, probed: 60 }),
    });
    const { numbers } = await consume(arm.run(context));
    const { pairs, moved, least, largest, readable } = numbers.probe as unknown as ContextSeen;
    // Of four source tokens: six pairs in each of two examples.
    expect(pairs).toBe(12);
    const all = sight === "causal" ? 0 : 12;
    expect(moved).toEqual([0, all, all]);
    for (const layer of [1, 2]) {
      if (sight === "causal") expect([least[layer], largest[layer]]).toEqual([0, 0]);
      else expect(least[layer]).toBeGreaterThan(0);
    }
    expect(readable).toHaveLength(3);
  },
);
