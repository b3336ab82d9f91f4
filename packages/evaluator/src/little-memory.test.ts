import { fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { causalLm, type Objective, seq2seq } from "@trivium/objectives";
import { disposeTree } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { consume } from "@trivium/trainer";
import { expect, test } from "vitest";
import { type EvaluateEvent, evaluateExamples } from "./evaluate.ts";
import type { HeldOut } from "./evaluate-options.ts";
import { scoreContinuations } from "./score-continuations.ts";

const roomy = createSimdBackend({ name: "simd-roomy", threads: 1 });
const little = createSimdBackend({ name: "simd-little", memoryLimitBytes: 7 * 2 ** 20, threads: 1 });
const special = reservedSpecials();
const config = { vocabulary: 64, length: 96, width: 32, layers: 2, initialisation: "t5" } as const;
const decodeTarget = (ids: readonly number[]) => ids.map((id) => `<${id}>`).join(" ");

const heldOut = Array.from({ length: 64 }, (_, at): HeldOut => {
  const source = Array.from({ length: 40 - (at % 7) }, (_, place) => 5 + ((at * place) % 59));
  return { example: { source, target: source }, references: [decodeTarget(source)] };
});

/** Everything that evaluation and scoring say of a model on a backend, and the batches of the first. */
async function scored([architecture, objective]: readonly [Architecture, Objective], backend: typeof roomy) {
  await backend.activate();
  const model = createModel({ architecture, config, attention: fused() });
  const parameters = model.createParameters(createRandom(1));
  const shared = { model, parameters, objective, special };
  const batches: EvaluateEvent[] = [];
  const keep = (event: EvaluateEvent) => void (event.type === "progress" && batches.push(event));
  const { evaluation, examples } = await consume(evaluateExamples({ ...shared, heldOut, decodeTarget }), keep);
  const continuations = heldOut.map(({ example }) => ("target" in example ? example.target : []));
  const scores = scoreContinuations({ ...shared, context: { source: [5, 6, 7] }, continuations });
  disposeTree(parameters);
  return { evaluation, examples, scores, batches: batches.length };
}

test.each([
  [causal, causalLm()],
  [encoderDecoder, seq2seq()],
] as const)("$name: where memory is short, batches are cut, and the numbers stay", async (...arm) => {
  const [wanted, got] = [await scored(arm, roomy), await scored(arm, little)];
  expect(got.batches).toBeGreaterThan(wanted.batches);
  expect(got.evaluation.targetLoss).toBeCloseTo(wanted.evaluation.targetLoss, 6);
  expect(got.examples.edits).toEqual(wanted.examples.edits);
  expect(got.scores.map(({ tokens }) => tokens)).toEqual(wanted.scores.map(({ tokens }) => tokens));
  for (const [at, { nats }] of got.scores.entries()) expect(nats).toBeCloseTo(wanted.scores[at]!.nats, 3);
});
