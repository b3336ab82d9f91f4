import { hash } from "node:crypto";
import { isTextPair, type TextExample } from "@trivium/features";

/** Shares of the sources that are held out, in [0, 1). */
export interface HeldOutShares {
  readonly validation: number;
  readonly test: number;
}

/** The parts of a corpus. */
export type Part = "train" | "validation" | "test";

/** Hexadecimal digits that a number holds exactly. */
const DIGITS = 13;

/**
 * The part to which an example belongs, by the SHA-256 of its source or text alone: the last ones in the order of the hashes are
 * the test part, those before them the validation part.
 *
 * @example partOf({ text: "abc" }, { validation: 0, test: 0 }) // => "train"
 */
export function partOf(example: TextExample, { validation, test }: HeldOutShares): Part {
  if (validation + test === 0) return "train";
  const place = placeOf(isTextPair(example) ? example.source : example.text);
  if (place >= 1 - test) return "test";
  return place >= 1 - test - validation ? "validation" : "train";
}

/** The place of a text in the order of the hashes, in [0, 1). */
const placeOf = (text: string): number => Number.parseInt(hash("sha256", text).slice(0, DIGITS), 16) / 16 ** DIGITS;
