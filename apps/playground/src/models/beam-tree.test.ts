import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { beam, type GenerateEvent, generate, greedy } from "@trivium/generate";
import { createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, expect, test } from "vitest";
import { answerOf, placesOf, stepsOf, treeOf } from "./beam-tree.ts";

beforeAll(async () => void (await simd.activate()));

const config = { vocabulary: 9, length: 16, width: 8, layers: 1, heads: 2, initialisation: "t5" } as const;
const model = createModel({ architecture: causal, config, attention: reference() });

async function traceOf(seed: number, strategy = beam({ beam: 3, lengthPenalty: 0 })) {
  const parameters = model.createParameters(createRandom(seed));
  const special = reservedSpecials();
  const examples = [{ source: [5, 6], target: [] }];
  const request = { model, parameters, objective: causalLm(), special, examples, maximumTokens: 6, strategy };
  const events: GenerateEvent[] = [];
  for await (const event of generate({ ...request, trace: true })) events.push(event);
  return { events, ends: special.end };
}

test.each([1, 2, 3, 4])(
  "every hypothesis of a search stands in its tree, and only what never goes on is pruned (%i)",
  async (seed) => {
    const trace = await traceOf(seed);
    const nodes = treeOf(trace);
    const find = (ids: readonly number[]) => nodes.find((node) => node.ids.join() === ids.join());
    for (const [step, { hypotheses }] of stepsOf(trace).entries()) {
      for (const { ids, ended, logProbability } of hypotheses) {
        const node = find(ended ? [...ids, 3] : ids);
        expect(node?.logProbability).toBeCloseTo(logProbability, 6);
        expect(node?.prunedAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(step);
      }
    }
    expect(find(answerOf(trace))?.isBest).toBe(true);
    expect(nodes.some(({ prunedAt }) => prunedAt !== undefined)).toBe(true);
    for (const [at, { parent }] of nodes.entries()) expect(parent).toBeLessThan(at);
    const places = placesOf(nodes);
    expect(new Set(places.map(({ column, row }) => `${column} ${row}`)).size).toBe(nodes.length);
  },
);

test("the greedy path is marked, which is all of a greedy search", async () => {
  const trace = await traceOf(1, greedy());
  const nodes = treeOf(trace);
  expect(nodes.at(-1)?.ids).toEqual(answerOf(trace));
  expect(nodes.every(({ isGreedy, isBest, prunedAt }) => isGreedy && isBest && prunedAt === undefined)).toBe(true);
  const [first] = treeOf(await traceOf(1))
    .filter(({ isGreedy }) => isGreedy)
    .slice(1);
  expect(first?.ids).toEqual(nodes[1]?.ids);
});
