import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "@trivium/core";
import { type Dataset, dataset } from "@trivium/data";
import type { TextPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { nameDataset, nameShares } from "./name-dataset.ts";

const standards = {
  language: "639-3",
  "language-family": "639-5",
  country: "3166-1",
  subdivision: "3166-2",
  script: "15924",
  currency: "4217",
} as const;

const kinds = Object.keys(standards) as (keyof typeof standards)[];

const schema = z.strictObject({
  ...nameShares,
  /** The kind of entity that the names denote. */
  of: z.enum(kinds).default("language"),
  /** The language to translate to, as the folders in `locale` are named: `fr`, `pt_BR`. */
  to: z
    .string()
    .regex(/^[\w@]+$/, "expected the name of a locale such as fr or pt_BR")
    .default("fr"),
  /** The folder that holds `iso-codes` and `locale`. */
  folder: z.string().min(1).default("/usr/share"),
});

/**
 * Translating English names of the ISO standards (languages, countries and their subdivisions, scripts, currencies), from
 * the Debian package `iso-codes` **if the machine has it**: `German` to `allemand`. With version 4.15, 7,636 languages
 * have a French name that differs.
 *
 * @throws {ConfigError} `tasks/options` naming the field.
 * @throws {DataError} `tasks/iso-codes` if the package or its translation is not there, `data/too-few` if hardly any name
 *   is translated.
 * @source iso-codes, LGPL-2.1-or-later, https://salsa.debian.org/iso-codes-team/iso-codes
 * @example (await isoCodes({ of: "country", to: "de" })).train[0]
 */
export async function isoCodes(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "dataset iso-codes" });
  const standard = standards[chosen.of];
  const file = `iso_${standard}`;
  const entries = JSON.parse(String(await read(join(chosen.folder, "iso-codes/json", `${file}.json`), chosen.to)));
  const { mo } = await import("gettext-parser");
  const translated = mo.parse(
    await read(join(chosen.folder, "locale", chosen.to, "LC_MESSAGES", `${file}.mo`), chosen.to),
  );
  const pairs = (entries[standard] as { readonly name: string }[]).flatMap(({ name }): TextPair[] => {
    const target = translated.translations[""]?.[name]?.msgstr[0];
    return target === undefined || target === "" ? [] : [{ source: name, target }];
  });
  return nameDataset("iso-codes", pairs, chosen);
}

async function read(file: string, locale: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const problem = `cannot read ${file}: ${(cause as Error).message.split(",")[0]}`;
    const remedy = `this optional dataset comes with Debian and Ubuntu: apt-get install iso-codes`;
    throw new DataError("tasks/iso-codes", `${problem}; ${remedy}, and see that it is translated to "${locale}"`, {
      cause,
    });
  }
}

/** The plugin of {@link isoCodes}. */
export const isoCodesPlugin = dataset("iso-codes", isoCodes, {
  description: "Names of languages, countries, scripts … from English; optional, from the Debian package iso-codes.",
  schema,
});
