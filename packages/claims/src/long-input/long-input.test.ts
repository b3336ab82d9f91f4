import { expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { longInput } from "./long-input.ts";
import { goldOf } from "./source-attention.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

/** Forty answers a length, of which such shares are right. */
const answers = (shares: readonly number[]) =>
  shares.flatMap((share) => Array.from({ length: 40 }, (_, at) => (at < share * 40 ? 1 : 0)));

/** Such wrong answers take `edits` edits where the right ones have one symbol. */
function resultsOf(edits: number, ...kinds: readonly (readonly number[])[]): ArmResult[] {
  const attention = { mass: [0.8, 0.7], entropy: 0.5, gold: 0.9 };
  const arm = (name: string, shares: readonly number[]): ArmResult => ({
    name,
    configuration: {},
    numbers: {
      parameters: 10,
      flops: 100,
      probe: [attention, attention, attention],
      examples: {
        exact: answers(shares),
        nats: answers(shares),
        tokens: [],
        symbols: answers(shares.map(() => 1)),
        edits: answers(shares).map((right) => (right ? 0 : edits)),
      },
    },
  });
  const arms = kinds.flatMap((shares) => request.seeds.map((seed) => arm(`seed ${seed}`, shares)));
  return [...arms, arm("repeated", kinds[2] as readonly number[])];
}

const results = (...kinds: readonly (readonly number[])[]) => resultsOf(1, ...kinds);

test.each([
  ["supported", [0.9, 0.5, 0.1], [0.9, 0.8, 0.7]],
  ["contradicted", [0.9, 0.8, 0.7], [0.9, 0.5, 0.1]],
  ["not supported", [0.9, 0.5, 0.1], [0.9, 0.5, 0.1]],
] as const)("it is %s by the fall of exact match", (verdict, encoderDecoder, prefix) => {
  const { effects, tables, charts } = longInput().analyse(results(prefix, prefix, encoderDecoder), request);
  const [first, , learned] = effects;
  expect(judge(first)).toBe(verdict);
  expect(first.estimate).toBeCloseTo(encoderDecoder[0] - encoderDecoder[2] - (prefix[0] - prefix[2]), 6);
  expect(learned?.estimate).toBe(0);
  expect(effects.at(-1)).toMatchObject({ name: "A/A: the same arm again − itself", estimate: 0, low: 0, high: 0 });
  expect(tables.map(({ rows }) => rows.length)).toEqual([3, 9]);
  expect(charts).toHaveLength(3);
});

test.each([
  ["encoder–decoder", [0.5, 0.4, 0.1], [0.9, 0.9, 0.9]],
  ["prefix", [0.9, 0.5, 0.1], [0.5, 0.5, 0.5]],
] as const)("a fall is not judged where the %s arms have not learned the task at L", (name, encoderDecoder, prefix) => {
  const [first] = longInput().analyse(results(prefix, prefix, encoderDecoder), request).effects;
  expect(judge(first)).toBe("inconclusive");
  expect(first.unjudged).toContain(`not learned: ${name} at L answers 50.0 % right`);
});

test("a fall is not judged where wrong answers are too long: two edits, where the right one has one symbol", () => {
  const [prefix, encoderDecoder] = [
    [0.9, 0.8, 0.7],
    [0.9, 0.5, 0.1],
  ] as const;
  const { effects, tables } = longInput().analyse(resultsOf(2, prefix, prefix, encoderDecoder), request);
  expect(judge(effects[0])).toBe("inconclusive");
  expect(effects[0].unjudged).toContain("100 % of those of encoder–decoder");
  const overlong = effects.find(({ name }) => name.startsWith("answers that are too long"));
  expect(overlong?.estimate).toBeCloseTo(0.9 - 0.3, 6);
  expect(tables[0]?.rows[2]?.at(-1)).toBeCloseTo(0.9, 6);
});

test("full has the fall of shared stacks as a control: the same cross-attention, other weights", () => {
  const [keeps, falls] = [
    [0.9, 0.9, 0.9],
    [0.9, 0.5, 0.1],
  ] as const;
  // Causal, prefix, encoder–decoder, then the controls with shared stacks third, and copying.
  const { effects } = longInput().analyse(
    results(keeps, keeps, falls, keeps, keeps, keeps, falls, falls, falls, falls),
    { ...request, preset: "full" },
  );
  const named = (name: string) => effects.find((effect) => effect.name === name)?.estimate;
  expect(named("control: fall of exact match from L to 4L, encoder–decoder, shared − prefix")).toBe(0);
  for (const other of ["prefix", "prefix, one stack", "prefix, as deep as both stacks"])
    expect(
      named(`${other === "prefix" ? "" : "control: "}fall of exact match from L to 4L, encoder–decoder − ${other}`),
    ).toBeCloseTo(0.8, 6);
  expect(named("copying: fall of exact match from L to 4L, encoder–decoder − prefix")).toBe(0);
});

test.each(["quick", "full"] as const)("arms of the preset %s train and test on the same", (preset) => {
  const configurations = () =>
    longInput()
      .plan({ ...request, preset })
      .map(({ configuration }) => configuration);
  expect(JSON.stringify(configurations())).toBe(JSON.stringify(configurations()));
  const datasets = new Set(configurations().map(({ dataset }) => JSON.stringify(dataset)));
  expect([datasets.size, configurations().length]).toEqual(preset === "quick" ? [1, 10] : [2, 31]);
  const positions = configurations().map(({ model }) => (model as { positions: string }).positions);
  expect(new Set(positions)).toEqual(new Set(["t5"]));
});

test("the answer stands behind its key, or where it is copied from", () => {
  expect(goldOf("recalled", { source: [7, 20, 8, 21, 5, 8], target: [21] })).toEqual([[3], []]);
  expect(goldOf("copied", { source: [7, 8], target: [7, 8] })).toEqual([[0], [1], []]);
});
