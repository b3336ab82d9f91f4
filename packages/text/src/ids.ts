import { ConfigError } from "@trivium/core";
import { z } from "zod";
import { type SpecialTokens, silentIds } from "./special-tokens.ts";
import { splitUnits } from "./text-unit.ts";
import { REPLACEMENT, type Tokenizer, tokenizer } from "./tokenizer.ts";

export interface IdOptions {
  readonly name?: "ids" | undefined;
  /** The number of ids. */
  readonly size: number;
  readonly special: SpecialTokens;
}

/**
 * Creates the tokenizer of a model whose tokens have no text: a text is ids between blanks.
 *
 * @throws {ConfigError} `text/ids` from `encode`, naming what is no id of the vocabulary.
 * @example createIdTokenizer({ size: 9, special: { end: [], named: {}, frame: {} } }).encode("2 1 0") // => [2, 1, 0]
 */
export function createIdTokenizer({ size, special }: IdOptions): Tokenizer {
  const silent = silentIds(special);
  return {
    name: "ids",
    unit: "symbol",
    size,
    special,
    encode: (text) => splitUnits(text, "symbol").map((symbol) => idOf(symbol, size)),
    decode: (ids) =>
      [...ids]
        .filter((id) => !silent.has(id))
        .map((id) => (isIdOf(id, size) ? id : REPLACEMENT))
        .join(" "),
    toJson: () => ({ name: "ids", size, special }),
  };
}

const isIdOf = (id: number, size: number): boolean => Number.isInteger(id) && id >= 0 && id < size;

function idOf(symbol: string, size: number): number {
  const id = /^\d+$/.test(symbol) ? Number(symbol) : size;
  if (id < size) return id;
  const message = `a text is ids from 0 to ${size - 1} between blanks, since the model has no tokenizer; got ${JSON.stringify(symbol)}`;
  throw new ConfigError("text/ids", message);
}

/** The plugin of {@link createIdTokenizer}. */
export const idsPlugin = tokenizer("ids", createIdTokenizer, {
  description: "Ids between blanks, for a model without a tokenizer.",
  schema: z.strictObject({
    name: z.literal("ids").optional(),
    size: z.int().positive(),
    special: z.custom<SpecialTokens>((value) => typeof value === "object" && value !== null && "frame" in value),
    corpus: z.unknown().optional(),
  }),
});
