import { ConfigError } from "@trivium/core";

/** A word of mask text, and its column (from 1). */
export interface Token {
  readonly kind: "name" | "number" | "string" | "symbol" | "end";
  readonly text: string;
  readonly column: number;
}

const pattern =
  /\s*(?:([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*")|([^\sA-Za-z0-9"]))/uy;
const kinds = ["name", "number", "string", "symbol"] as const;
const punctuation = ["(", ")", "[", "]", ",", ";", "="];

/**
 * Cuts mask text into words.
 *
 * @param operators - the characters that are words beside punctuation.
 * @throws {ConfigError} `masks/text` at a character that no word begins with.
 */
export function tokenize(text: string, operators: readonly string[]): Token[] {
  const symbols = [...operators, ...punctuation];
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const kind = kinds[kinds.findIndex((_, group) => match?.[group + 1] !== undefined)];
    const word = match?.[0].trim() ?? "";
    if (kind === undefined || (kind === "symbol" && !symbols.includes(word))) {
      const column = at + text.slice(at).search(/\S/) + 1;
      const wanted = `a name, a number or one of ${symbols.join(" ")}`;
      throw textError(text, column, `expected ${wanted} but got "${text[column - 1]}"`);
    }
    tokens.push({ kind, text: word, column: pattern.lastIndex - word.length + 1 });
    at = pattern.lastIndex;
  }
  return [...tokens, { kind: "end", text: "", column: text.length + 1 }];
}

/** The error of text that is no mask: the column, then what is wrong there. */
export function textError(text: string, column: number, message: string, cause?: unknown): ConfigError {
  return new ConfigError("masks/text", `column ${column} of ${JSON.stringify(text)}: ${message}`, {
    details: { text, column },
    cause,
  });
}
