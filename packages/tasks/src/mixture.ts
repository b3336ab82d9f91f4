import { ConfigError, type Random } from "@trivium/core";
import { type Dataset, dataset } from "@trivium/data";
import type { TextPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { generateDataset } from "./generate-dataset.ts";
import { drawBetween, drawFrom, letters } from "./letters.ts";
import { partSizes } from "./part-sizes.ts";

type Sequence = readonly string[];

/** The primitive instructions over sequences of letters. */
const primitives = {
  copy: (sequence: Sequence) => sequence,
  reverse: (sequence: Sequence) => sequence.toReversed(),
  sort: (sequence: Sequence) => sequence.toSorted(),
  /** Each letter becomes the next one, the last letter the first. */
  successor: (sequence: Sequence, alphabet: Sequence) =>
    sequence.map((letter) => alphabet[(alphabet.indexOf(letter) + 1) % alphabet.length] as string),
  /** The sequence twice in a row. */
  duplicate: (sequence: Sequence) => [...sequence, ...sequence],
  first: (sequence: Sequence) => sequence.slice(0, 1),
  last: (sequence: Sequence) => sequence.slice(-1),
  /** The second half before the first; the middle letter of an odd length belongs to the second. */
  "swap-halves": (sequence: Sequence) => {
    const middle = Math.floor(sequence.length / 2);
    return [...sequence.slice(middle), ...sequence.slice(0, middle)];
  },
} as const;

type Primitive = keyof typeof primitives;
const names = Object.keys(primitives) as Primitive[];

const schema = z.strictObject({
  ...partSizes,
  /** The simple tasks; the mixture has these and every `one then other` of two different ones. */
  tasks: z
    .array(z.enum(names))
    .min(2)
    .refine((some) => new Set(some).size === some.length, "each may be given once")
    .readonly()
    .default(names),
  /** The instruction that is never trained and makes the whole test part. */
  heldOut: z.string().default("sort then reverse"),
  symbols: z.int().min(2).max(26).default(10),
  /** Sequences have 2 to this many letters. */
  length: z.int().min(2).default(8),
});

const THEN = "then";

/**
 * Tasks over sequences of letters, each named by an instruction: `sort then reverse : b d a` to `d b a`.
 *
 * The instructions are `copy`, `reverse`, `sort`, `successor`, `duplicate`, `first`, `last`, `swap-halves` and each
 * `one then other` of two different ones, all equally frequent. `heldOut` is in neither training nor validation and is
 * all of the test part. Its words are trained in other instructions, so that it can be understood without an example of
 * it: zero-shot. Mind that some compositions say the same (`reverse then sort` and `sort`).
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/held-out` if there is no such instruction,
 *   `tasks/too-few` if so many examples do not exist.
 * @example (await mixture({ heldOut: "reverse then successor" })).test.length // => 500
 */
export async function mixture(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "task mixture" });
  const alphabet = letters(chosen.symbols);
  const draw = (instruction: string, random: Random): TextPair => {
    const sequence = drawFrom(alphabet, drawBetween(2, chosen.length, random), random);
    const steps = instruction.split(` ${THEN} `) as Primitive[];
    const result = steps.reduce((before: Sequence, step) => primitives[step](before, alphabet), sequence);
    return { source: `${instruction} : ${sequence.join(" ")}`, target: result.join(" ") };
  };
  const trained = trainedInstructions(chosen.tasks, chosen.heldOut);
  return generateDataset({
    ...chosen,
    name: "mixture",
    tokenizer: {
      name: "shared",
      tokenizer: { name: "symbol", alphabet: [":", THEN, ...chosen.tasks, ...alphabet] },
    },
    draw: (random) => draw(trained[random.integer(trained.length)] as string, random),
    conditions: [{ name: chosen.heldOut, draw: (random) => draw(chosen.heldOut, random) }],
  });
}

/** Every instruction but the one that is held out, whose words must be in some other. */
function trainedInstructions(tasks: readonly Primitive[], heldOut: string): string[] {
  const composed = tasks.flatMap((one) =>
    tasks.filter((other) => other !== one).map((other) => `${one} ${THEN} ${other}`),
  );
  const all = [...tasks, ...composed];
  if (!all.includes(heldOut)) {
    const problem = `task mixture: there is no instruction "${heldOut}" to hold out`;
    const remedy = `give one of ${tasks.join(", ")}, or two of them with "${THEN}" between them`;
    throw new ConfigError("tasks/held-out", `${problem}; ${remedy}`, { details: { heldOut, tasks } });
  }
  return all.filter((instruction) => instruction !== heldOut);
}

/** The plugin of {@link mixture}. */
export const mixturePlugin = dataset("mixture", mixture, {
  description:
    "Eight tasks over letters and their compositions, named by instructions; one is tested and never trained.",
  schema,
});
