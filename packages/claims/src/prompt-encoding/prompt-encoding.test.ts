import { expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { trainedArm } from "../testing/trained-arm.ts";
import { promptEncoding } from "./prompt-encoding.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };
const plan = () => promptEncoding().plan(request);

/** The results of a plan in which an arm of recall has `right` of ten exactly right. */
const results = (right: (name: string) => number): ArmResult[] =>
  plan().map(({ name }) => trainedArm(name, name.includes("loss on all") ? 1.1 : 1, { right: right(name) }));

/**
 * Results in which the causal arms have `first` of ten right with the question first, and `last` with it last. All
 * other arms have nine right.
 */
const causalOrder = (first: number, last: number) =>
  results((name) => (/^causal.*first/.test(name) ? first : /^causal.*last/.test(name) ? last : 9));

test.each([
  ["supported", 9, 5],
  ["contradicted", 2, 9],
  ["not supported", 9, 9],
] as const)("it is %s by the order gap", (verdict, first, last) => {
  const { effects, tables } = promptEncoding().analyse(causalOrder(first, last), request);
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo((first - last) / 10, 6);
  const named = (name: string) => effects.find((effect) => effect.name === name)?.estimate;
  expect(named("order gap, prefix")).toBe(0);
  expect(named("CMUdict, causal: loss on all − on the target")).toBeCloseTo(0.1, 6);
  expect(tables[0]?.rows[0]).toEqual(["causal, seed 1", first / 10, last / 10, (first - last) / 10]);
});

test.each([
  ["causal", causalOrder(8, 5), "causal, question first answers 80.0 % right"],
  ["prefix", results((name) => (name.startsWith("prefix") ? 4 : 9)), "prefix, question first answers 40.0 % right"],
] as const)("a gap is not judged where the %s arms have learned neither order", (_, some, why) => {
  const [first] = promptEncoding().analyse(some, request).effects;
  expect(judge(first)).toBe("inconclusive");
  expect(first.unjudged).toContain(`not learned: ${why}`);
});

test("a gap is not judged where everything is answered right in either place", () => {
  const [first] = promptEncoding().analyse(
    results(() => 10),
    request,
  ).effects;
  expect(first).toMatchObject({ estimate: 0, unjudged: expect.stringContaining("nothing is left to differ") });
});

test("arms of recall differ by order, sight and seed alone", () => {
  const recall = plan().filter(({ name }) => name.includes("question"));
  const rest = recall.map(({ configuration }) => {
    const { architecture, objective, seed, dataset, ...same } = configuration;
    const { question, ...options } = (dataset as { options: Record<string, unknown> }).options;
    return JSON.stringify([same, options]);
  });
  expect([recall.length, new Set(rest).size]).toEqual([18, 1]);
  expect(new Set(recall.map(({ configuration }) => JSON.stringify(configuration))).size).toBe(18);
  expect(JSON.stringify(plan())).toBe(JSON.stringify(plan()));
});
