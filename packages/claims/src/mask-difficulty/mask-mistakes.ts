import type { MaskSpec, PerPosition, PerRow } from "@trivium/masks";

/** A mask with one thing wrong. */
export interface MaskMistake {
  readonly what: string;
  readonly spec: MaskSpec;
}

/**
 * Every mask that one edit makes of another: a number off by one, the first row's number for all, one operator for the
 * other, an operand or the documents left out, a wrong polarity, `full` for `causal` and the reverse.
 *
 * The edits know no architecture. Two of them may show the same pairs.
 *
 * @example maskMistakes({ type: "causal", offset: 0 }).map(({ what }) => what)
 *   // => ["not causal", "causal offset + 1", "causal offset − 1", "full for causal"]
 */
export function maskMistakes(spec: MaskSpec): MaskMistake[] {
  const negated: MaskMistake = { what: `not ${spec.type}`, spec: { type: "not", mask: spec } };
  return [negated, ...ownMistakes(spec), ...innerMistakes(spec)];
}

function ownMistakes(spec: MaskSpec): MaskMistake[] {
  switch (spec.type) {
    case "full":
      return [{ what: "causal for full", spec: { type: "causal", offset: 0 } }];
    case "causal":
      return [
        { what: "causal offset + 1", spec: { ...spec, offset: spec.offset + 1 } },
        { what: "causal offset − 1", spec: { ...spec, offset: spec.offset - 1 } },
        { what: "full for causal", spec: { type: "full" } },
      ];
    case "prefix":
    case "padding":
      return editedLengths(spec.lengths).map(({ what, lengths }) => ({
        what: `${spec.type} lengths ${what}`,
        spec: { ...spec, lengths },
      }));
    case "and":
    case "or":
      return listMistakes(spec);
    case "packed":
      return packedMistakes(spec);
    default:
      return [];
  }
}

function listMistakes(spec: Extract<MaskSpec, { readonly type: "and" | "or" }>): MaskMistake[] {
  const other = spec.type === "and" ? "or" : "and";
  const without = spec.masks.map((left, at) => ({
    what: `${left.type} left out of ${spec.type}`,
    spec: { ...spec, masks: spec.masks.filter((_, index) => index !== at) },
  }));
  return [{ what: `${other} for ${spec.type}`, spec: { ...spec, type: other } }, ...without];
}

function packedMistakes(spec: Extract<MaskSpec, { readonly type: "packed" }>): MaskMistake[] {
  const { ids, keyIds } = spec;
  const shifted = ([-1, 1] as const).map((by) => ({
    what: `documents of ${keyIds ? "queries" : "all"} moved by ${by}`,
    spec: { ...spec, ids: shift(ids, by) },
  }));
  return [{ what: "documents left out", spec: spec.inner }, ...shifted];
}

/** The mistakes of the masks that a mask is made of. */
function innerMistakes(spec: MaskSpec): MaskMistake[] {
  if ("masks" in spec)
    return spec.masks.flatMap((inner, at) =>
      maskMistakes(inner).map((mistake) => ({
        ...mistake,
        spec: { ...spec, masks: spec.masks.with(at, mistake.spec) },
      })),
    );
  if ("mask" in spec)
    return maskMistakes(spec.mask).map((mistake) => ({ ...mistake, spec: { ...spec, mask: mistake.spec } }));
  if ("inner" in spec)
    return maskMistakes(spec.inner).map((mistake) => ({ ...mistake, spec: { ...spec, inner: mistake.spec } }));
  return [];
}

function editedLengths(lengths: PerRow): { what: string; lengths: PerRow }[] {
  const each = (edit: (length: number) => number): PerRow =>
    typeof lengths === "number" ? edit(lengths) : lengths.map(edit);
  const byOne = [
    { what: "+ 1", lengths: each((length) => length + 1) },
    { what: "− 1", lengths: each((length) => Math.max(0, length - 1)) },
  ];
  if (typeof lengths === "number") return byOne;
  return [...byOne, { what: "of row 0 for all", lengths: each(() => lengths[0] as number) }];
}

/** The ids of each row moved to the right, or to the left. */
function shift(ids: PerPosition, by: 1 | -1): PerPosition {
  const moved = (row: readonly number[]) =>
    by === 1 ? [row[0] as number, ...row.slice(0, -1)] : [...row.slice(1), row.at(-1) as number];
  return typeof ids[0] === "number"
    ? moved(ids as readonly number[])
    : (ids as readonly (readonly number[])[]).map(moved);
}

/** How many conditions a mask is made of: its leaves, and what keeps documents apart. */
export function conditionsOf(spec: MaskSpec): number {
  if ("masks" in spec) return spec.masks.reduce((sum, inner) => sum + conditionsOf(inner), 0);
  if ("mask" in spec) return conditionsOf(spec.mask);
  return "inner" in spec ? 1 + conditionsOf(spec.inner) : 1;
}
