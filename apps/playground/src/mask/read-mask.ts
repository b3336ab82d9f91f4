import { TriviumError } from "@trivium/core";
import { type Mask, parseMask, printMask } from "@trivium/masks";
import type { MaskSource } from "../address/mask-fields.ts";
import { cellsOf, maskOfCells, resizeCells } from "./cells.ts";

/** An error in a mask's algebra: the text before, at and behind its place, and what is wrong there. */
export interface MaskError {
  /** From 1. */
  readonly column: number;
  readonly before: string;
  /** The word that is wrong; empty at the end of the text. */
  readonly token: string;
  readonly after: string;
  readonly message: string;
}

/** A mask, or the error of its algebra. */
export type ReadMask =
  | { readonly mask: Mask; readonly error?: undefined }
  | { readonly mask?: undefined; readonly error: MaskError };

/** The size of a picture. */
export interface PictureSize {
  readonly queries: number;
  readonly keys: number;
}

/** The mask of an algebra or of painted cells, by the package's own parser. It never throws. */
export function readMask(source: MaskSource, size: PictureSize): ReadMask {
  try {
    const mask = typeof source === "string" ? parseMask(source) : maskOfCells(resizeCells(source, size));
    // A mask of rows or of positions may refuse a picture of this size.
    cellsOf(mask, size);
    return { mask };
  } catch (error) {
    return { error: errorOf(typeof source === "string" ? source : "", error) };
  }
}

function errorOf(text: string, error: unknown): MaskError {
  const known = TriviumError.is(error) ? error : undefined;
  const found = known?.details.column;
  const column = typeof found === "number" ? found : 1;
  const rest = text.slice(column - 1);
  const token = /^(?:[A-Za-z][\w-]*|-?\d[\d.]*|\S)/u.exec(rest)?.[0] ?? "";
  const said = error instanceof Error ? error.message : String(error);
  const message = said.replace(`column ${column} of ${JSON.stringify(text)}: `, "");
  return { column, before: text.slice(0, column - 1), token, after: rest.slice(token.length), message };
}

/** The longest printed mask that is shown in full; a painted one is longer than anybody reads. */
const LONGEST_SHOWN = 200;

/** The algebra of a mask as the package prints it, or undefined where it is too long to read. */
export function shownText(mask: Mask, size: PictureSize): string | undefined {
  // Each cell of a painted mask is printed with a comma.
  if (mask.spec.type === "dense" && 2 * size.queries * size.keys > LONGEST_SHOWN) return undefined;
  const printed = printMask(mask);
  return printed.length <= LONGEST_SHOWN ? printed : undefined;
}

/** The labels of positions: characters or words of a text, and numbers where the text has no more. */
export function labelsOf(text: string, unit: "characters" | "words", count: number): string[] {
  const parts = unit === "words" ? text.split(/\s+/u).filter(Boolean) : [...text];
  return Array.from({ length: count }, (_, at) => {
    const part = parts[at];
    return part === undefined ? String(at) : part.trim() === "" ? "␣" : part;
  });
}

/** The keys that each query sees, as runs: `0–3, 5`. */
export function runsOf({ queries, keys }: PictureSize, bits: Uint8Array): string[] {
  return Array.from({ length: queries }, (_, q) => {
    const runs: string[] = [];
    for (let k = 0; k < keys; k++) {
      if (bits[q * keys + k] !== 1) continue;
      const start = k;
      while (k + 1 < keys && bits[q * keys + k + 1] === 1) k += 1;
      runs.push(start === k ? `${k}` : `${start}–${k}`);
    }
    return runs.join(", ");
  });
}
