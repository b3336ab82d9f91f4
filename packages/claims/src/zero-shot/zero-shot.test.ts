import { expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { ordersOf } from "./choice-probe.ts";
import { zeroShot } from "./zero-shot.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

/** A hundred items, of which such a share is right. */
const items = (share: number) => Array.from({ length: 100 }, (_, at) => (at < share * 100 ? 1 : 0));

const result = (share: number): ArmResult => ({
  name: "any",
  configuration: {},
  numbers: {
    parameters: 10,
    flops: 100,
    tokensSeen: 50,
    tokensSupervised: 25,
    targetLoss: 2,
    probe: { choice: items(share), cloze: [10], before: items(0.25), after: items(1 - share) },
  },
});

/** Results of three kinds with every seed, and of the first kind once more. */
const results = (...shares: readonly [number, number, number]): ArmResult[] => [
  ...shares.flatMap((share) => request.seeds.map(() => result(share))),
  result(shares[0]),
];

test.each([
  ["supported", 0.8, 0.4],
  ["contradicted", 0.4, 0.8],
  ["not supported", 0.5, 0.5],
] as const)("it is %s by continuations ranked before tuning", (verdict, causal, encoderDecoder) => {
  const { effects, tables } = zeroShot().analyse(results(causal, 0.6, encoderDecoder), request);
  const estimate = (name: string) => effects.find((effect) => effect.name.startsWith(name))?.estimate;
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo(causal - encoderDecoder, 6);
  expect(estimate("after tuning, held-out instruction: causal − encoder–decoder")).toBeCloseTo(
    encoderDecoder - causal,
    6,
  );
  expect(estimate("before tuning")).toBe(0);
  expect(estimate("zero-shot, true continuation of four: encoder–decoder − chance")).toBeCloseTo(
    encoderDecoder - 0.25,
    6,
  );
  expect(tables[0]?.rows).toHaveLength(10);
  expect(effects.at(-1)).toMatchObject({ estimate: 0, low: 0, high: 0 });
});

test("where neither of the two ranks better than chance, nothing is decided", () => {
  const first = (causal: number, encoderDecoder: number) =>
    zeroShot().analyse(results(causal, 0.6, encoderDecoder), request).effects[0];
  expect(first(0.27, 0.02)).toMatchObject({ estimate: 0.25, unjudged: expect.stringContaining("chance") });
  expect(judge(first(0.27, 0.02))).toBe("inconclusive");
  expect(first(0.5, 0.02).unjudged).toBeUndefined();
});

test.each(["quick", "full"] as const)(
  "arms of the preset %s differ by architecture, objective, depth and seed",
  (preset) => {
    const configurations = () =>
      zeroShot()
        .plan({ ...request, preset })
        .map(({ configuration }) => configuration);
    expect(JSON.stringify(configurations())).toBe(JSON.stringify(configurations()));
    const rest = configurations().map(({ architecture, objective, seed, model, probe, repeat, ...same }) =>
      JSON.stringify(same),
    );
    expect(new Set(rest).size).toBe(1);
  },
);

test("answers are ranked among other orders of the same letters", () => {
  const orders = ordersOf("c b a d");
  expect([orders.length, orders[0]]).toEqual([4, "c b a d"]);
  expect(new Set(orders.map((order) => order.split(" ").sort().join(" ")))).toEqual(new Set(["a b c d"]));
  expect(ordersOf("c b")).toHaveLength(2);
  expect(ordersOf("c b a d")).toEqual(orders);
});
