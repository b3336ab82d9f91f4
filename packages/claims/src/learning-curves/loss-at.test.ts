import { expect, test } from "vitest";
import { lossAt } from "./loss-at.ts";

const point = (tokensSupervised: number, targetLoss: number) => ({
  step: 1,
  tokensSeen: 2 * tokensSupervised,
  tokensSupervised,
  flops: 1,
  seconds: 1,
  trainLoss: targetLoss,
  targetLoss,
});

test("a curve is read between its points, and at its ends", () => {
  const curve = [point(100, 3), point(200, 2), point(400, 1)];
  const losses = (...spent: readonly number[]) => spent.map((tokens) => lossAt(curve, tokens, "tokensSupervised"));
  expect(losses(50, 100, 150, 300, 400, 900)).toEqual([3, 3, 2.5, 1.5, 1, 1]);
  expect(lossAt(curve, 300, "tokensSeen")).toBe(2.5);
});
