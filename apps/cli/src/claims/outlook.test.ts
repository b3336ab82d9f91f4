import {
  type ArmContext,
  type Claim,
  type ClaimArm,
  type ClaimRequest,
  countedEffect,
  createMemoryArmStore,
  planArms,
} from "@trivium/claims";
import type { Json } from "@trivium/core";
import { expect, test } from "vitest";
import { duration } from "../duration.ts";
import { claimsOutlook, describeOutlook } from "./outlook.ts";

const nothing = {} as ArmContext;
const request: ClaimRequest = { preset: "quick", seeds: [1, 2] };

const arm = (name: string, configuration: Record<string, Json>): ClaimArm => ({
  ...{ name, configuration },
  run: () => Promise.reject(new Error("nothing is run")) as never,
});

const claimOf = (...arms: ClaimArm[]): Claim => ({
  ...{ statement: "It is so.", evidence: [], measure: "nothing", expected: "nothing" },
  plan: () => arms,
  analyse: () => ({
    effects: [countedEffect({ name: "none", unit: "", smallest: 0, value: 0 })],
    ...{ tables: [], charts: [], notes: [] },
  }),
});

const training = (width: number, seed: number) => arm(`${width}, ${seed}`, { type: "training", width, seed });
const claims = [
  { id: "one", claim: claimOf(training(8, 1), training(8, 2), training(16, 1)) },
  { id: "two", claim: claimOf(training(8, 2), arm("count", { type: "count" })) },
];

async function outlookAfter(...done: readonly (readonly [name: string, seconds?: number])[]) {
  const store = createMemoryArmStore();
  const planned = (await Promise.all(claims.map((one) => planArms(one, request)))).flat();
  for (const [name, seconds] of done) {
    const { hash, arm } = planned.find((one) => one.arm.name === name) as (typeof planned)[number];
    const { configuration } = arm;
    const kept = { format: "trivium-claim-arm", version: 1, hash, name, configuration, numbers: null } as const;
    await store.write({ ...kept, ...(seconds !== undefined && { seconds }) });
  }
  return claimsOutlook({ claims, request, store, context: nothing });
}

test("an arm that two claims share is one; without anything measured there is no time", async () => {
  expect(await outlookAfter()).toEqual({ arms: 4, left: 4, outdated: 0, seconds: 0, unknown: 4 });
  expect(await outlookAfter(["8, 1"])).toEqual({ arms: 4, left: 3, outdated: 0, seconds: 0, unknown: 3 });
});

test("another seed takes as long, another size as long as its type; of another type nothing is known", async () => {
  expect(await outlookAfter(["8, 1", 10], ["16, 1", 40])).toEqual({
    arms: 4,
    left: 2,
    outdated: 0,
    seconds: 10,
    unknown: 1,
  });
  expect(await outlookAfter(["8, 1", 10], ["count", 1])).toEqual({
    arms: 4,
    left: 2,
    outdated: 0,
    seconds: 10 + 10,
    unknown: 0,
  });
});

test("with everything measured nothing is left", async () => {
  const outlook = await outlookAfter(["8, 1", 1], ["8, 2", 1], ["16, 1", 1], ["count", 1]);
  expect(outlook).toEqual({ arms: 4, left: 0, outdated: 0, seconds: 0, unknown: 0 });
  expect(describeOutlook(outlook)).toBe("4 arms: 4 measured before, 0 to go");
});

test("what was measured on other data is to be measured again", async () => {
  const [first] = claims as [(typeof claims)[0]];
  const outdated = { ...training(8, 1), isCurrent: async () => false };
  const store = createMemoryArmStore();
  for (const { hash, arm } of await planArms(first, request)) {
    const { name, configuration } = arm;
    await store.write({ format: "trivium-claim-arm", version: 1, hash, name, configuration, numbers: null });
  }
  const changed = [{ id: "one", claim: claimOf(outdated, training(8, 2), training(16, 1)) }];
  expect(await claimsOutlook({ claims: changed, request, store, context: nothing })).toMatchObject({
    ...{ arms: 3, left: 1, outdated: 1 },
  });
});

test("arms at once share the time, but for those that are alone", async () => {
  const times = arm("times", { type: "times" });
  const timed = [
    {
      id: "timed",
      claim: claimOf(training(8, 1), training(8, 2), times, {
        ...times,
        name: "again",
        configuration: { type: "times", seed: 1 },
        alone: true,
      }),
    },
  ];
  const store = createMemoryArmStore();
  for (const { hash, arm } of (await planArms(timed[0] as (typeof timed)[0], request)).filter(
    (_, at) => at % 2 === 0,
  )) {
    const { name, configuration } = arm;
    await store.write({
      format: "trivium-claim-arm",
      version: 1,
      hash,
      name,
      configuration,
      numbers: null,
      seconds: 10,
    });
  }
  const { seconds, unknown } = await claimsOutlook({ claims: timed, request, store, context: nothing }, 2);
  expect([seconds, unknown]).toEqual([10 / 2 + 10, 0]);
});

test("it is said in words", () => {
  expect(describeOutlook({ arms: 118, left: 88, outdated: 0, seconds: 11_400, unknown: 0 })).toBe(
    "118 arms: 30 measured before, 88 to go, about 3 h 10 min",
  );
  expect(describeOutlook({ arms: 2, left: 2, outdated: 0, seconds: 90, unknown: 1 })).toBe(
    "2 arms: 0 measured before, 2 to go, about 90 s and 1 arm of unknown length",
  );
  expect(describeOutlook({ arms: 9, left: 4, outdated: 3, seconds: 90, unknown: 0 })).toBe(
    "9 arms: 5 measured before, 4 to go (3 again, on data that has changed), about 90 s",
  );
  expect(describeOutlook({ arms: 1, left: 1, outdated: 0, seconds: 0, unknown: 1 })).toBe(
    "1 arm: 0 measured before, 1 to go",
  );
});

test.each([
  [0.04, "0 s"],
  [4.26, "4.3 s"],
  [59.6, "60 s"],
  [120, "2 min"],
  [5940, "99 min"],
  [7140, "1 h 59 min"],
  [10_800, "3 h 0 min"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
