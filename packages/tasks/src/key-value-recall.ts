import { ConfigError, type Random } from "@trivium/core";
import { type Dataset, dataset } from "@trivium/data";
import type { TextPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { generateDataset } from "./generate-dataset.ts";
import { drawBetween, drawFrom } from "./letters.ts";
import { partSizes, testSizes } from "./part-sizes.ts";

const schema = z.strictObject({
  ...partSizes,
  /** The place of the question: before the context, or after it. */
  question: z.enum(["first", "last"]).default("last"),
  /** Training contexts have from `fewestPairs` to this many pairs, each number as often as the others. */
  pairs: z.int().min(1).default(8),
  fewestPairs: z.int().min(1).default(2),
  /** The test part has `test` contexts with each of these numbers of pairs, in this order. Default: `pairs`. */
  testPairs: testSizes(1).optional(),
  /** Training contexts are asked for from one to this many of their keys, all different; test contexts for one. */
  questions: z.int().min(1).default(1),
  /** Number of different keys, and number of different values. */
  keys: z.int().min(1).default(64),
  values: z.int().min(2).default(64),
});

const QUESTION = "?";

/**
 * Makes a dataset of key–value recall: the lookup of a key in a context of pairs, `k3 v1 k0 v7 ? k3` to `v1`, or with
 * the question first `? k3 k3 v1 k0 v7`. A question for several keys has their values in its order: `k3 v1 k0 v7 ? k0
 * k3` to `v7 v1`. Each value is a lookup to learn from, so that recall is learned in fewer steps.
 *
 * Keys do not repeat within a context, values may; a guess is right once in `values`. Both places of the question have
 * the same contexts, questions and answers in the same order, so that they differ in the order alone. Other `testPairs`
 * leave training and validation unchanged, bit for bit.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if so many contexts do not exist.
 * @example (await keyValueRecall({ question: "first", pairs: 4, testPairs: [4, 16] })).test.length // => 1000
 */
export async function keyValueRecall(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "task key-value-recall" });
  const { pairs, fewestPairs, testPairs = [pairs], question } = chosen;
  checkPairs(chosen, Math.max(pairs, ...testPairs));
  const keys = Array.from({ length: chosen.keys }, (_, at) => `k${at}`);
  const values = Array.from({ length: chosen.values }, (_, at) => `v${at}`);
  const draw = (count: number, most: number, random: Random) =>
    asPair(
      { keys: drawDifferent(keys, count, random), values: drawFrom(values, count, random), question, most },
      random,
    );
  return generateDataset({
    ...chosen,
    name: "key-value-recall",
    tokenizer: { name: "shared", tokenizer: { name: "symbol", alphabet: [QUESTION, ...keys, ...values] } },
    draw: (random) => draw(drawBetween(fewestPairs, pairs, random), chosen.questions, random),
    conditions: testPairs.map((count) => ({ name: `pairs ${count}`, draw: (random) => draw(count, 1, random) })),
  });
}

function checkPairs({ pairs, fewestPairs, keys }: z.output<typeof schema>, most: number): void {
  if (fewestPairs > pairs) {
    const message = `task key-value-recall: fewestPairs is ${fewestPairs}, but pairs only ${pairs}; it is the least of the range`;
    throw new ConfigError("tasks/options", message);
  }
  if (most > keys) {
    const message = `task key-value-recall: ${most} pairs need as many different keys, but keys is ${keys}; give more keys or fewer pairs`;
    throw new ConfigError("tasks/options", message);
  }
}

/** `count` different items in a random order. */
function drawDifferent<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const rest = [...items];
  return Array.from({ length: count }, () => {
    const at = random.integer(rest.length);
    const drawn = rest[at] as Item;
    rest[at] = rest.at(-1) as Item;
    rest.pop();
    return drawn;
  });
}

interface Context {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly question: "first" | "last";
  /** Maximum number of keys that a question asks for. */
  readonly most: number;
}

function asPair({ keys, values, question, most }: Context, random: Random): TextPair {
  const asked = drawAsked(keys.length, most, random);
  const context = keys.map((key, at) => `${key} ${values[at]}`).join(" ");
  const query = [QUESTION, ...asked.map((at) => keys[at])].join(" ");
  const source = question === "first" ? `${query} ${context}` : `${context} ${query}`;
  return { source, target: asked.map((at) => values[at]).join(" ") };
}

/** Different places among `count` pairs, from one to `most` of them. */
function drawAsked(count: number, most: number, random: Random): number[] {
  if (most === 1) return [random.integer(count)];
  const places = Array.from({ length: count }, (_, at) => at);
  return drawDifferent(places, drawBetween(1, Math.min(most, count), random), random);
}

/** The plugin of {@link keyValueRecall}. */
export const keyValueRecallPlugin = dataset("key-value-recall", keyValueRecall, {
  description: "A context of key–value pairs and a question, before or after it, to the value of that key.",
  schema,
});
