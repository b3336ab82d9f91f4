import type { Json } from "@trivium/core";
import type { ArmResult } from "../framework/claim.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";

/**
 * Returns results of an arm whose 40 examples of four tokens lose `loss` nats a token, with `right` of ten exactly
 * right.
 */
export function trainedArm(name: string, loss: number, { right = 0, probe = null as Json } = {}): ArmResult {
  const of = (value: (at: number) => number) => Array.from({ length: 40 }, (_, at) => value(at));
  const examples = { nats: of(() => 4 * loss), tokens: of(() => 4), exact: of((at) => (at % 10 < right ? 1 : 0)) };
  const numbers: Partial<TrainingNumbers> = {
    parameters: 10,
    flops: 100,
    tokensSeen: 1000,
    tokensSupervised: 500,
    targetLoss: loss,
    exactMatch: right / 10,
    examples: { ...examples, edits: [], symbols: [] },
    probe,
  };
  return { name, configuration: {}, numbers: numbers as never };
}
