import { versions } from "node:process";
import { ConfigError } from "@trivium/core";
import { type Dataset, dataset } from "@trivium/data";
import type { TextPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { letters } from "../letters.ts";
import { nameDataset, nameShares } from "./name-dataset.ts";

const schema = z
  .strictObject({
    ...nameShares,
    /** The kind of entity that the names denote. */
    of: z.enum(["language", "region"]).default("language"),
    /** The locales to translate from and to, such as `en` and `pt-BR`. */
    from: z.string().default("en"),
    to: z.string().default("de"),
  })
  .refine(({ from, to }) => from !== to, { path: ["to"], message: "must be another locale than from" });

/**
 * Translating names of languages or regions, from the data of Node's own `Intl`: `Danish` to `Dänisch`.
 *
 * Only names that differ: 355 languages or 187 regions from English to German with ICU 78.3. The data are those of the ICU in this Node
 * (`process.versions.icu`), so another Node may have others; the fingerprint of the dataset tells. Held out by the
 * SHA-256 of the source.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/locale` if this Node has no names in a locale.
 * @throws {DataError} `data/too-few` if there are hardly any names that differ.
 * @source Unicode CLDR by way of `Intl.DisplayNames`
 * @example (await names({ of: "region", to: "fr" })).train[0]
 */
export async function names(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "dataset names" });
  const [from, to] = [chosen.from, chosen.to].map((locale) => displayNames(locale, chosen.of));
  const pairs = codes[chosen.of]().flatMap((code): TextPair[] => {
    const [source, target] = [from?.of(code), to?.of(code)];
    return source === undefined || target === undefined ? [] : [{ source, target }];
  });
  return nameDataset("names", pairs, chosen);
}

function displayNames(locale: string, type: "language" | "region"): Intl.DisplayNames {
  try {
    if (Intl.DisplayNames.supportedLocalesOf([locale]).length > 0) {
      return new Intl.DisplayNames([locale], { type, fallback: "none" });
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const message = `dataset names: Intl of this Node (ICU ${versions.icu}) has no names in the locale "${locale}"; give another, such as de or fr`;
  throw new ConfigError("tasks/locale", message, { details: { locale } });
}

const alphabet = letters(26);
const words = (length: number): string[] =>
  length === 0 ? [""] : words(length - 1).flatMap((start) => alphabet.map((letter) => start + letter));

/** Every code that there may be: `Intl` does not tell which there are. */
const codes = {
  language: () => [...words(2), ...words(3)],
  region: () => [
    ...words(2).map((word) => word.toUpperCase()),
    ...Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0")),
  ],
} as const;

/** The plugin of {@link names}. */
export const namesPlugin = dataset("names", names, {
  description: `Names of languages or regions in another language, from the Intl of this Node (ICU ${versions.icu}).`,
  schema,
});
