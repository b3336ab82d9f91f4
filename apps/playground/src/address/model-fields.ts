import type { StateOf } from "./address.ts";
import { choice, integer, oneNumber, text } from "./field.ts";

/** Where the models of a screen come from: from beside the page, from the screen of training, or from a file. */
const models = choice(["bundled", "trained", "file"]);

/** The reader's own text; empty: a sample. */
const source = text("", 4000);

/** The state of the screen that looks into models. */
export const lookFields = {
  m: models,
  t: source,
  /** The target that the models are shown; empty: their own answer. */
  a: text("", 2000),
  /** The attention that is large: its kind, where a model has several, its layer, and its head; −1: the mean of the heads. */
  k: choice(["decoder", "encoder", "cross"]),
  y: integer(0, 0, 255),
  h: integer(0, -1, 255),
  /** Rollout through all layers in place of one layer. */
  r: choice(["no", "yes"]),
  /** The locked cells: a model, its first and last query, its first and last key. Empty if none are locked. */
  p: text("", 40, /^(\d{1,2}(\.\d{1,3}){4})?$/),
} as const;

export type LookState = StateOf<typeof lookFields>;

/** The values to choose from. */
export const decodeChoices = { a: [0, 0.3, 0.6, 1, 1.5], e: [0.3, 0.5, 0.7, 1, 1.5, 2] } as const;

/** The state of the screen of decoding. */
export const decodeFields = {
  m: models,
  /** The model, by its place. */
  v: integer(0, 0, 9),
  t: source,
  /** The strategy, its beam size, length penalty, temperature and seed. */
  g: choice(["beam", "greedy", "sample"]),
  b: integer(3, 1, 8),
  a: oneNumber(0.6, decodeChoices.a),
  e: oneNumber(1, decodeChoices.e),
  s: integer(1, 0, 999_999_999),
  /** The first tokens of the answer, which the reader chose, by their ids. */
  f: text("", 600, /^(\d{1,7}(\.\d{1,7})*)?$/),
  /** The step that is shown. */
  i: integer(0, 0, 9999),
} as const;

export type DecodeState = StateOf<typeof decodeFields>;

export type ModelChoice = LookState["m"];
