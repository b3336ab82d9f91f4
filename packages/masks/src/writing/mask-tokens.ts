import { ConfigError } from "@trivium/core";

/** A word of mask text, and the column (from 1) where it stands. */
export interface Token {
  readonly kind: "name" | "number" | "string" | "symbol" | "end";
  readonly text: string;
  readonly column: number;
}

const pattern =
  /\s*(?:([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*")|([!&|()[\],;=]))/y;
const kinds = ["name", "number", "string", "symbol"] as const;

/**
 * Cuts mask text into words.
 *
 * @throws {ConfigError} `masks/text` at a character that no word begins with.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) {
      const column = at + text.slice(at).search(/\S/) + 1;
      throw textError(
        text,
        column,
        `expected a name, a number or one of ! & | ( ) [ ] , ; = but got "${text[column - 1]}"`,
      );
    }
    const index = kinds.findIndex((_, group) => match[group + 1] !== undefined);
    const word = match[index + 1] as string;
    tokens.push({ kind: kinds[index] as Token["kind"], text: word, column: pattern.lastIndex - word.length + 1 });
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
