import { readFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { collectAnswers, generate, generatePlugins, type LogitsProcessor, type Strategy } from "@trivium/generate";
import { causalLm, seq2seq } from "@trivium/objectives";
import { createRegistry } from "@trivium/registry";
import { disposeTree } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { ForeignConfig } from "./foreign-config.ts";
import { readGeneration } from "./read-generation.ts";
import { openForTest } from "./testing/open-model.ts";

/** Answers by generation configurations with many attributes: see `scripts/reference/make_answers.py`. */
interface Fixture {
  readonly models: Readonly<
    Record<
      string,
      {
        readonly prompt: readonly number[];
        readonly found: Readonly<
          Record<
            string,
            {
              readonly options: ForeignConfig;
              /** The best first, without their ends. */
              readonly ids: readonly (readonly number[])[];
              /** Log-probabilities over `length^penalty`, of a beam. */
              readonly scores?: readonly number[];
            }
          >
        >;
      }
    >
  >;
}

const END = 3;
const { models } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../generation/fixtures/answers.json"), "utf8"),
) as Fixture;
const registry = createRegistry(generatePlugins);
const asked = { place: "x/generation_config.json", ignore: [], isPair: true };

beforeAll(async () => void (await simd.activate()));

describe.each(Object.entries(models))("%s", (name, { prompt, found }) => {
  test("answers by many attributes are the reference's, token for token, and their scores", async () => {
    const opened = await openForTest(join(import.meta.dirname, "../fixtures", name));
    const { foreign, model, parameters, architecture } = opened;
    const isPair = architecture.streams.length > 1;
    const none = { before: [], after: [] };
    const start = (foreign.decoder_start_token_id ?? 0) as number;
    const frame = { joined: { ...none, between: [] }, source: none, target: { ...none, start } };
    for (const [way, { options, ids, scores }] of Object.entries(found)) {
      const { forced_bos_token_id, forced_eos_token_id } = foreign;
      const given = { forced_bos_token_id, forced_eos_token_id, ...options };
      const { strategy, processors, tokens, length, samples } = readGeneration(given, { ...asked, isPair });
      const request = {
        model,
        parameters,
        objective: isPair ? seq2seq() : causalLm(),
        special: { end: [END], named: {}, frame },
        examples: [isPair ? { source: prompt, target: [] } : { tokens: prompt }],
        maximumTokens: tokens ?? 64,
        maximumLength: length,
        samples,
        strategy: registry.create("strategy", strategy.name, strategy.options) as Strategy,
        processors: processors.map(
          (one) => registry.create("logits-processor", one.name, one.options) as LogitsProcessor,
        ),
      };
      const [answers = []] = await collectAnswers(generate(request));
      expect([way, answers.map((answer) => answer.ids)]).toEqual([way, ids]);
      for (const [rank, score] of (scores ?? []).entries()) {
        const { ids: own, reason, logProbability } = answers[rank]!;
        const counted = own.length + (reason === "end" ? 1 : 0);
        const penalty = (options.length_penalty ?? 1) as number;
        expect(Math.abs(logProbability! / counted ** penalty - score)).toBeLessThan(1e-4 * (1 + Math.abs(score)));
      }
    }
    disposeTree(parameters);
  });
});

test("a configuration that draws has the reference's defaults, and what changes nothing is left out", () => {
  const config = { do_sample: true, temperature: 0.6, top_p: 0.9, eos_token_id: [1, 2], bos_token_id: 0 };
  expect(readGeneration(config, asked)).toEqual({
    strategy: { name: "sample", options: { temperature: 0.6, topK: 50, topP: 0.9 } },
    processors: [],
    stop: [],
    samples: 1,
    forcesFirst: false,
  });
  const neutral = {
    num_beams: 1,
    repetition_penalty: 1,
    no_repeat_ngram_size: 0,
    guidance_scale: 1,
    bad_words_ids: null,
  };
  expect(readGeneration({ ...neutral, stop_strings: "END", max_length: 20 }, asked)).toMatchObject({
    strategy: { name: "greedy" },
    processors: [],
    stop: [{ name: "strings", options: { strings: ["END"] } }],
    length: 20,
  });
  expect(readGeneration({ do_sample: true, top_k: 0 }, asked).strategy.options).toEqual({});
  const searches = { name: "contrastive", options: { candidates: 4, penalty: 0.6 } };
  expect(readGeneration({ penalty_alpha: 0.6, top_k: 4 }, asked).strategy).toEqual(searches);
});

test.each([
  [
    { guidance_scale: 2, top_h: 0.4, oddity: 1 },
    /generate does not handle: guidance_scale \(2.*\), top_h \(0.4.*\), oddity/,
  ],
  [{ do_sample: true, num_beams: 2 }, /do_sample and num_beams/],
  [{ do_sample: true, temperature: 0 }, /temperature: expected a number above 0/],
  [{ repetition_penalty: "x" }, /repetition_penalty: .*, got "x"/],
  [{ early_stopping: "always" }, /early_stopping/],
])("what cannot be applied is refused by name: %o", (config, message) => {
  expect(() => readGeneration(config, asked)).toThrow(message);
  expect(() => readGeneration(config, asked)).toThrow(
    expect.objectContaining({ name: "CheckpointError", code: "pretrained/generation" }),
  );
  expect(readGeneration(config, { ...asked, ignore: Object.keys(config) }).samples).toBe(1);
});

test("a first token is forced where an encoder reads the prompt alone", () => {
  expect(readGeneration({ forced_bos_token_id: 5 }, asked)).toMatchObject({
    processors: [{ name: "forced-tokens", options: { first: 5 } }],
    forcesFirst: true,
  });
  expect(() => readGeneration({ forced_bos_token_id: 5 }, { ...asked, isPair: false })).toThrow(/forced_bos_token_id/);
});
