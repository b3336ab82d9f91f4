import { TriviumError } from "@trivium/core";
import { type Mask, parseMask, printMask } from "@trivium/masks";
import { readState, writeAddress } from "../address/address.ts";
import { type MaskSource, maskFields } from "../address/mask-fields.ts";
import { cellsOf } from "../mask/cells.ts";

/** A mask, and how it is looked at. */
export interface MaskView {
  readonly mask: Mask;
  /** From 1 to 256, as `keys`. */
  readonly queries: number;
  readonly keys: number;
  /** Side of a block of the block map; other sides than 2, 4, 8 … 64 show none. Default: none. */
  readonly block?: number | undefined;
  /** Batch row. Default 0. */
  readonly row?: number | undefined;
}

/**
 * Returns the address of a mask on the playground, behind the address of its page. A mask of a plugin, which the page does
 * not have, is shown as the cells that it shows.
 *
 * @example maskAddress({ mask: causal(), queries: 8, keys: 8 }) // => "#/mask?m=causal"
 */
export function maskAddress({ mask, queries, keys, block = 0, row = 0 }: MaskView): string {
  const { state } = readState(maskFields, { parameters: new Map(), broken: [] });
  const b = maskFields.b.read(String(block)) ?? 0;
  const m = sourceOf(mask, { queries, keys }, row);
  const r = typeof m === "string" ? row : 0;
  return writeAddress("mask", maskFields, { ...state, m, q: queries, k: keys === queries ? 0 : keys, b, r });
}

function sourceOf(mask: Mask, size: { queries: number; keys: number }, row: number): MaskSource {
  try {
    return printMask(parseMask(printMask(mask)));
  } catch (error) {
    if (!TriviumError.is(error)) throw error;
    return cellsOf(mask, size, row);
  }
}
