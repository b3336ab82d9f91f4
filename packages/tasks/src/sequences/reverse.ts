import { type Dataset, dataset } from "@trivium/data";
import { type SequenceOptions, sequenceSchema, sequenceTask } from "./sequence-task.ts";

/**
 * Reversing a sequence of letters: `d a c` to `c a d`, tested at the trained and at greater lengths.
 *
 * Training has the lengths 1 to L. The test part has `test` sequences for each of `testLengths`, in order; for one
 * length alone ask for `testLengths: [64]`: training and validation stay the same, bit for bit.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if so many sequences do not exist.
 * @example (await reverse({ length: 8, testLengths: [32] })).test.length // => 500
 */
export async function reverse(options: SequenceOptions = {}): Promise<Dataset> {
  return sequenceTask("reverse", (sequence) => sequence.toReversed(), options);
}

/** The plugin of {@link reverse}. */
export const reversePlugin = dataset("reverse", reverse, {
  description: "Sequences of letters to their reversal, trained up to a length, tested at it, twice and four times it.",
  schema: sequenceSchema,
});
