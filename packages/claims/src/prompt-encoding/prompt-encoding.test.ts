import { type ArmResult, type ClaimRequest, judge } from "@trivium/evaluator";
import { expect, test } from "vitest";
import { trainedArm } from "../testing/trained-arm.ts";
import { promptEncoding } from "./prompt-encoding.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };
const plan = () => promptEncoding().plan(request);

/** The results of a plan in which every architecture has `last` of ten right, and with the question first the causal `first`. */
const results = (first: number, last: number): ArmResult[] =>
  plan().map(({ name }) =>
    trainedArm(name, name.includes("loss on all") ? 1.1 : 1, { right: /^causal.*first/.test(name) ? first : last }),
  );

test.each([
  ["supported", 9, 5],
  ["contradicted", 2, 5],
  ["not supported", 5, 5],
] as const)("it is %s by the order gap", (verdict, first, last) => {
  const { effects, tables } = promptEncoding().analyse(results(first, last), request);
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo((first - last) / 10, 6);
  const named = (name: string) => effects.find((effect) => effect.name === name)?.estimate;
  expect(named("order gap, prefix")).toBe(0);
  expect(named("CMUdict, causal: loss on all − on the target")).toBeCloseTo(0.1, 6);
  expect(tables[0]?.rows[0]).toEqual(["causal, seed 1", first / 10, last / 10, (first - last) / 10]);
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
