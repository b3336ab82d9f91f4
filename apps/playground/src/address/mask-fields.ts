import { type Cells, LARGEST, readCells, writeCells } from "../mask/cells.ts";
import type { StateOf } from "./address.ts";
import { choice, type Field, integer, oneNumber, text } from "./field.ts";

/** Where a mask comes from: its algebra, right or wrong, or cells that were painted. */
export type MaskSource = string | Cells;

/** The longest algebra of an address. */
const LONGEST_ALGEBRA = 4000;

/** A mask: its algebra, or `~` and painted cells. */
const mask = (fallback: string): Field<MaskSource> => ({
  fallback,
  read(written) {
    if (written.startsWith("~")) return readCells(written.slice(1));
    return written.length <= LONGEST_ALGEBRA ? written : undefined;
  },
  write: (source) => (typeof source === "string" ? source : `~${writeCells(source)}`),
});

/** The state of the screen of masks. */
export const maskFields = {
  /** One stream of tokens, or a source that a target reads across. */
  s: choice(["one", "two"]),
  /** The self-attention of the one stream; of two, that of the target. */
  m: mask("prefix(4) | causal"),
  /** The self-attention of the source, and the cross-attention. */
  e: mask("full"),
  c: mask("full"),
  q: integer(8, 1, LARGEST),
  /** Keys; 0: as many as queries. */
  k: integer(0, 0, LARGEST),
  /** Positions of the source. */
  n: integer(6, 1, LARGEST),
  /** Batch row to look at. */
  r: integer(0, 0, 9999),
  /** Own text at the rows and columns, cut into characters or words. */
  t: text("", 1000),
  u: choice(["characters", "words"]),
  /** Side of a block; 0: no block map. */
  b: oneNumber(0, [0, 2, 4, 8, 16, 32, 64]),
  /** Head width and heads, for floating-point operations. */
  d: integer(64, 1, 1024),
  h: integer(8, 1, 256),
  /** Leaks are looked for, through so many layers. */
  l: choice(["no", "yes"]),
  y: integer(2, 1, 12),
  /** Distance from a prediction to its label. */
  f: choice(["1", "0"]),
  /** Weights of the predictions, 0 or 1 each; empty: all 1. */
  w: text("", LARGEST, /^[01]*$/),
  /** The place in the source at which the target stands once more; −1: nowhere. */
  o: integer(-1, -1, LARGEST - 1),
  /** The mask that pairs are compared with; empty: none. */
  z: text("", LONGEST_ALGEBRA),
} as const;

export type MaskState = StateOf<typeof maskFields>;
