import type { Dataset } from "@trivium/data";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { generateDataset } from "../generate-dataset.ts";
import { drawBetween, drawFrom, letters } from "../letters.ts";
import { partSizes, testSizes } from "../part-sizes.ts";

/** The options of a task from a sequence of letters to another. */
export const sequenceSchema = z.strictObject({
  ...partSizes,
  /** Number of letters. */
  symbols: z.int().min(2).max(26).default(26),
  /** L: training sequences have 1 to L letters, each length as often as the others. */
  length: z.int().min(1).default(16),
  /** The test part has `test` sequences of each of these lengths, in this order. Default: L, 2L and 4L. */
  testLengths: testSizes(1).optional(),
});

export type SequenceOptions = z.input<typeof sequenceSchema>;

/**
 * A dataset whose target is a function of a sequence of letters.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if so many sequences do not exist.
 */
export function sequenceTask(
  name: string,
  targetOf: (sequence: readonly string[]) => readonly string[],
  options: SequenceOptions,
): Dataset {
  const chosen = validateWith(sequenceSchema, options, { code: "tasks/options", what: `task ${name}` });
  const { length, testLengths = [length, 2 * length, 4 * length] } = chosen;
  const alphabet = letters(chosen.symbols);
  const toPair = (sequence: readonly string[]) => ({
    source: sequence.join(" "),
    target: targetOf(sequence).join(" "),
  });
  return generateDataset({
    ...chosen,
    name,
    tokenizer: { name: "shared", tokenizer: { name: "symbol", alphabet } },
    draw: (random) => toPair(drawFrom(alphabet, drawBetween(1, length, random), random)),
    conditions: testLengths.map((tested) => ({
      name: `length ${tested}`,
      draw: (random) => toPair(drawFrom(alphabet, tested, random)),
    })),
  });
}
