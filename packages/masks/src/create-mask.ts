import { ConfigError, ShapeError } from "@trivium/core";
import type { Mask } from "./mask.ts";
import { plainOptions } from "./plain-options.ts";

/** The answers of a mask: its rows and heads, its predicate, and lowerings that are faster than asking pair by pair. */
export interface MaskParts {
  /**
   * Options as the spec keeps them: checked, with defaults left out. Whatever the predicate depends on stands here.
   * Default: the options that were given.
   */
  readonly options?: object | undefined;
  /** Batch rows that the mask tells apart. Default: those of the children, else `null`. */
  readonly rows?: number | null | undefined;
  /** Heads that the mask tells apart. Default: those of the children, else `null`. */
  readonly heads?: number | null | undefined;
  readonly visible: Mask["visible"];
  /** Lets kernels skip blocks. Default: `"some"`, so that every block is looked at pair by pair. */
  readonly classify?: Mask["classify"] | undefined;
  readonly intervals?: Mask["intervals"];
}

/** The code of a mask, beside the data in its spec. */
export interface Origin {
  /** The function that decides: the plugin's `create`, or the predicate of a custom mask. */
  readonly code: (...given: never) => unknown;
  /** The author's word that the function's answers depend on the options alone. */
  readonly declared: boolean;
  readonly children: readonly Mask[];
}

// One symbol for all copies of this package, so that a plugin of the user's may bring its own.
const origin = Symbol.for("trivium/mask-origin");

interface Original extends Mask {
  readonly [origin]?: Origin & Pick<Mask, "visible">;
}

/** The origin of a mask that a plugin or `custom` made; undefined for an object that has got another predicate. */
export function originOf({ [origin]: made, visible }: Original): Origin | undefined {
  return made?.visible === visible ? made : undefined;
}

/**
 * Makes a mask from its parts, guarded: a mask of `n` rows throws when asked about row `n`, instead of answering for
 * some other row.
 *
 * @throws {ConfigError} `masks/options` if an option is not plain JSON.
 * @throws {ShapeError} `masks/rows` or `masks/heads` if children disagree; `masks/row` or `masks/head`, from `visible`
 *   and `classify`, if the mask has no such row or head.
 */
export function createMask(type: string, parts: MaskParts, made: Origin): Mask {
  const { children } = made;
  const { rows = common("rows", children), heads = common("heads", children), intervals } = parts;
  const { visible, classify = () => "some" } = parts;
  const specs = children.length === 0 ? undefined : children.map((child) => child.spec);
  const spec = { type, options: plainOptions(type, parts.options), children: specs };
  const mask = guarded({ spec, rows, heads, visible, classify, intervals });
  return Object.freeze({ ...mask, [origin]: { ...made, visible: mask.visible } });
}

function guarded(mask: Mask): Mask {
  const { rows, heads } = mask;
  if (rows === null && heads === null) return mask;
  const check = (b: number, h: number): void => {
    if (rows !== null && !(b >= 0 && b < rows)) throw outside("row", rows, b);
    if (heads !== null && !(h >= 0 && h < heads)) throw outside("head", heads, h);
  };
  return {
    ...mask,
    visible(b, h, q, k) {
      check(b, h);
      return mask.visible(b, h, q, k);
    },
    classify(b, h, queries, keys) {
      check(b, h);
      return mask.classify(b, h, queries, keys);
    },
  };
}

function outside(axis: "row" | "head", count: number, asked: number): ShapeError {
  const what = axis === "row" ? "batch row" : "head";
  const found = `the mask speaks of ${count} ${what}${count === 1 ? "" : "s"}, got ${what} ${asked}`;
  const message = `${found}; give it a value for every ${what}, or one value for all`;
  return new ShapeError(`masks/${axis}`, message, { details: { [`${axis}s`]: count, [axis]: asked } });
}

/** The rows or heads that combined masks share: each mask has that many, or is the same for all. */
function common(axis: "rows" | "heads", masks: readonly Mask[]): number | null {
  const [first, ...others] = masks.filter((one) => one[axis] !== null);
  const other = others.find((one) => one[axis] !== first?.[axis]);
  if (!first || !other) return first?.[axis] ?? null;
  const found = `${other.spec.type} has ${other[axis]}, one before it has ${first[axis]}`;
  const details = { types: masks.map((one) => one.spec.type), counts: masks.map((one) => one[axis]) };
  const message = `combined masks should speak of the same number of ${axis}; ${found}`;
  throw new ShapeError(`masks/${axis}`, message, { details });
}

/**
 * Checks the name of a plugin or of a custom mask.
 *
 * @throws {ConfigError} `masks/name` if the name is not kebab-case.
 */
export function assertMaskName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return;
  const message = `a mask's name should be kebab-case, got ${JSON.stringify(name)}`;
  throw new ConfigError("masks/name", message, { details: { name } });
}
