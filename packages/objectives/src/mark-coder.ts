import { type SpecialTokens, silentIds } from "@trivium/text";
import type { TextCoder } from "./feature-context.ts";

/** Private characters of one code unit; further marks take two. */
const shortCharacters = 6400;

/**
 * Converts marks (−1, −2, …) to text and back, one private character a mark, so that corruptions of text move marks as
 * they move characters. Any other character is `unknown`, or id 0 without one.
 */
export function markCoder(special: SpecialTokens): TextCoder {
  const encode = (text: string) => Array.from(text, (character) => markOf(character) ?? special.unknown ?? 0);
  const decode = (ids: Iterable<number>) => Array.from(ids, characterOf).join("");
  return {
    size: 1 + Math.max(...silentIds(special)),
    encodeSource: encode,
    encodeTarget: encode,
    decodeSource: decode,
    decodeTarget: decode,
  };
}

function characterOf(mark: number): string {
  const index = -1 - mark;
  return String.fromCodePoint(index < shortCharacters ? 0xe000 + index : 0xf0000 + index - shortCharacters);
}

function markOf(character: string): number | undefined {
  const code = character.codePointAt(0) as number;
  if (code >= 0xf0000) return -1 - (code - 0xf0000 + shortCharacters);
  return code >= 0xe000 && code < 0xe000 + shortCharacters ? -1 - (code - 0xe000) : undefined;
}
