import { readdirSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { collectAnswers, forcedTokens, generate, greedy, lengthBeam } from "@trivium/generate";
import { causalLm, seq2seq } from "@trivium/objectives";
import { disposeTree } from "@trivium/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OpenedForTest, openForTest } from "./testing/open-model.ts";
import { differencesOfPrefix, differencesOfStates, differencesOfTraining, expectedOf } from "./testing/parity.ts";

const root = join(import.meta.dirname, "../fixtures");

beforeAll(async () => void (await simd.activate()));

describe.each(readdirSync(root))("%s", (name) => {
  const folder = join(root, name);
  const expected = expectedOf(folder);
  let opened: OpenedForTest;

  beforeAll(async () => {
    opened = await openForTest(folder);
  });
  afterAll(() => disposeTree(opened.parameters));

  test("logits are within 1e-4 of the reference's, and so are the states between layers", async () => {
    const { logits, states } = await differencesOfStates(opened, expected);
    expect(logits).toBeLessThan(1e-4);
    expect(states.length).toBeGreaterThan(1);
    for (const state of states) expect(state).toBeLessThan(1e-4);
  });

  test("the loss is within 1e-5, and every gradient within 1e-4 of the greatest", async () => {
    const { loss, tensors, learned } = await differencesOfTraining(opened, folder, expected);
    expect(loss).toBeLessThan(1e-5);
    for (const { name: tensor, error, greatest } of tensors)
      expect(error, tensor).toBeLessThanOrEqual(1e-4 * greatest + 1e-6);
    expect(tensors.length).toBe(learned);
  });

  test.each(Object.entries(expected.answers.found))(
    "%s answers are the reference's, token for token",
    async (_, { ids, options }) => {
      const { model, parameters, foreign } = opened;
      const { prompt, tokens } = expected.answers;
      const end = foreign.eos_token_id as number;
      const start = (foreign.decoder_start_token_id ?? 0) as number;
      const none = { before: [], after: [] };
      const special = {
        end: [end],
        named: {},
        frame: { joined: { ...none, between: [] }, source: none, target: { ...none, start } },
      };
      const [first, last] = [foreign.forced_bos_token_id, foreign.forced_eos_token_id] as (number | undefined)[];
      const { num_beams, length_penalty, early_stopping = false } = options;
      const early = early_stopping === "never" ? "never" : early_stopping ? "first" : "heuristic";
      const answers = await collectAnswers(
        generate({
          model,
          parameters,
          objective: expected.source ? seq2seq() : causalLm(),
          special,
          examples: [expected.source ? { source: prompt, target: [] } : { tokens: prompt }],
          maximumTokens: tokens,
          strategy: num_beams === 1 ? greedy() : lengthBeam({ beam: num_beams, lengthPenalty: length_penalty, early }),
          processors: [forcedTokens({ first, last, tokens })],
        }),
      );

      expect(answers[0]?.[0]?.ids).toEqual(ids.at(-1) === end ? ids.slice(0, -1) : ids);
    },
  );

  if (expected.prefix) {
    test("under a prefix mask logits are those of the reference with the mask as a whole", async () => {
      const differences = await differencesOfPrefix(folder, expected);
      expect(differences).toHaveLength(2);
      for (const difference of differences) expect(difference).toBeLessThan(1e-4);
    });
  }
});
