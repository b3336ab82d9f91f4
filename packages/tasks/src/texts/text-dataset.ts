import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DataError } from "@trivium/core";
import { createDataset, type Dataset, splitByHash } from "@trivium/data";
import type { PlainText } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";

const share = z.number().min(0).max(0.4).default(0.05);

/** The options of a dataset of whole texts. */
export const textSchema = z.strictObject({
  /** Share of the texts to hold out for validation and for testing, in [0, 0.4]. */
  validation: share,
  test: share,
  ends: z.boolean().default(false).describe("Whether each text ends, so that its end is predicted"),
});

export type TextOptions = z.input<typeof textSchema>;

/** Texts that an installed package holds in its folder `data`. */
export interface TextPackage {
  readonly name: string;
  readonly packageName: string;
  /** Files of that folder to leave out. */
  readonly without?: readonly string[] | undefined;
}

/**
 * A dataset of the `.txt` files of a package, each file one text, held out whole by the SHA-256 of what it says.
 * The texts count as one stream without an end, unless `ends` asks that the end of each is predicted.
 *
 * @throws {DataError} `tasks/package` if the package cannot be read.
 * @throws {ConfigError} `tasks/options` naming the field.
 */
export async function textDataset(source: TextPackage, options: TextOptions): Promise<Dataset> {
  const chosen = validateWith(textSchema, options, { code: "tasks/options", what: `dataset ${source.name}` });
  const texts = await readTexts(source, chosen.ends);
  const count = (part: number) => Math.round(part * texts.length);
  return createDataset({
    name: source.name,
    ...splitByHash(texts, { validation: count(chosen.validation), test: count(chosen.test) }),
    tokenizer: { name: "shared", tokenizer: { name: "byte" } },
  });
}

async function readTexts({ packageName, without = [] }: TextPackage, ends: boolean): Promise<PlainText[]> {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), "data");
    const files = (await readdir(folder)).filter((file) => file.endsWith(".txt") && !without.includes(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return texts.map((text) => ({ text: `${text.trim()}\n`, continues: !ends }));
  } catch (cause) {
    const message = `cannot read the texts: ${(cause as Error).message.split("\n")[0]}; install ${packageName}`;
    throw new DataError("tasks/package", message, { cause });
  }
}
