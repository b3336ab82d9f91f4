import { type Dataset, dataset } from "@trivium/data";
import { type SequenceOptions, sequenceSchema, sequenceTask } from "./sequence-task.ts";

/**
 * Copying a sequence of letters: `d a c` to `d a c`, tested at the trained and at greater lengths.
 *
 * Training has the lengths 1 to L. The test part has `test` sequences for each of `testLengths`, in order; for one
 * length alone ask for `testLengths: [64]`: training and validation stay the same, bit for bit.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if so many sequences do not exist.
 * @example (await copy({ length: 8, testLengths: [32] })).test.length // => 500
 */
export async function copy(options: SequenceOptions = {}): Promise<Dataset> {
  return sequenceTask("copy", (sequence) => sequence, options);
}

/** The plugin of {@link copy}. */
export const copyPlugin = dataset("copy", copy, {
  description: "Sequences of letters to themselves, trained up to a length, tested at it, twice and four times it.",
  schema: sequenceSchema,
});
