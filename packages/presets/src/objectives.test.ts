import { readFileSync } from "node:fs";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createBatchSource } from "@trivium/data";
import { languageTask } from "@trivium/model";
import { disposeTree } from "@trivium/tensor";
import { adamW, constant, consume, train } from "@trivium/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import {
  architectures,
  composed,
  objectiveCases,
  objectiveNames,
  special,
  titleOf,
  training,
} from "./testing/objective-cases.ts";
import { objectivesPage } from "./testing/objectives-page.ts";

beforeAll(() => createSimdBackend({ name: "simd-objectives", threads: 1 }).activate());

const random = createRandom("cycles");
const texts = Array.from({ length: 64 }, () => {
  const { symbols, length } = training;
  const start = random.integer(symbols);
  const step = random.integer(2) * 2;
  return {
    tokens: Array.from({ length }, (_, at) => 15 + ((start + step * (at % 2)) % symbols)),
    ends: true,
    sentences: [0, 5],
  };
});

/** The mean loss of the last steps of a training. */
async function trainedLoss({ works, ...composition }: Extract<ReturnType<typeof composed>, { works: true }>) {
  const { model, objective } = composition;
  const losses: number[] = [];
  const { parameters } = await consume(
    train({
      task: languageTask({ model, objective }),
      batches: createBatchSource({ examples: texts, special, objective, batchSize: training.batch, seed: 1 }),
      optimizer: adamW(),
      schedule: constant({ rate: training.learningRate }),
      steps: training.steps,
      clipNorm: 1,
      seed: 1,
    }),
    (event) => void (event.type === "step" && losses.push(event.loss)),
  );
  disposeTree(parameters);
  return losses.slice(-8).reduce((sum, loss) => sum + loss, 0) / 8;
}

test("docs/objectives.md is up to date", () => {
  const committed = readFileSync(new URL("../../../docs/objectives.md", import.meta.url), "utf8");
  expect(committed, "pnpm objectives-docs writes it").toBe(objectivesPage());
});

test("every objective of the registry is a case", () => {
  expect(objectiveNames.filter((name) => !objectiveCases.some((one) => one.name === name))).toEqual([]);
});

describe.each(objectiveCases.map((one) => ({ title: titleOf(one), one })))("$title", ({ one }) => {
  test.each(architectures)("$name: a tiny model learns it, or every reason is said", async (architecture) => {
    const composition = composed(one, architecture);
    if (composition.works) expect(await trainedLoss(composition)).toBeLessThan(one.loss);
    else
      expect(composition.reasons.map(({ message }) => message).join()).toMatch(new RegExp(`objective "${one.name}"`));
  });
});
