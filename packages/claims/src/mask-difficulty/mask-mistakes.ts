import type { CausalOptions, DocumentsOptions, MaskSpec, PerPosition, PerRow, PrefixOptions } from "@trivium/masks";

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
 * @example maskMistakes({ type: "causal" }).map(({ what }) => what)
 *   // => ["not causal", "causal offset + 1", "causal offset − 1", "full for causal"]
 */
export function maskMistakes(spec: MaskSpec): MaskMistake[] {
  const negated: MaskMistake = { what: `not ${spec.type}`, spec: { type: "not", children: [spec] } };
  return [negated, ...ownMistakes(spec), ...innerMistakes(spec)];
}

function ownMistakes(spec: MaskSpec): MaskMistake[] {
  // The options of a spec are those that its type's constructor checked.
  const options = spec.options ?? {};
  switch (spec.type) {
    case "full":
      return [{ what: "causal for full", spec: { type: "causal" } }];
    case "causal":
      return causalMistakes(options as CausalOptions);
    case "prefix":
    case "padding":
      return editedLengths((options as unknown as PrefixOptions).lengths).map(({ what, lengths }) => ({
        what: `${spec.type} lengths ${what}`,
        spec: { ...spec, options: { lengths } },
      }));
    case "and":
    case "or":
      return listMistakes(spec);
    case "packed":
      return packedMistakes(spec, options as unknown as DocumentsOptions);
    default:
      return [];
  }
}

function causalMistakes({ offset = 0 }: CausalOptions): MaskMistake[] {
  return [
    { what: "causal offset + 1", spec: { type: "causal", options: { offset: offset + 1 } } },
    { what: "causal offset − 1", spec: { type: "causal", options: { offset: offset - 1 } } },
    { what: "full for causal", spec: { type: "full" } },
  ];
}

function listMistakes({ type, children = [] }: MaskSpec): MaskMistake[] {
  const other = type === "and" ? "or" : "and";
  const without = children.map((left, at) => ({
    what: `${left.type} left out of ${type}`,
    spec: { type, children: children.filter((_, index) => index !== at) },
  }));
  return [{ what: `${other} for ${type}`, spec: { type: other, children } }, ...without];
}

function packedMistakes(spec: MaskSpec, { ids, keyIds }: DocumentsOptions): MaskMistake[] {
  const shifted = ([-1, 1] as const).map((by) => ({
    what: `documents of ${keyIds ? "queries" : "all"} moved by ${by}`,
    spec: { ...spec, options: { ids: shift(ids, by), keyIds } },
  }));
  return [{ what: "documents left out", spec: spec.children?.[0] as MaskSpec }, ...shifted];
}

/** The mistakes of the masks that a mask is made of. */
function innerMistakes(spec: MaskSpec): MaskMistake[] {
  const { children = [] } = spec;
  return children.flatMap((inner, at) =>
    maskMistakes(inner).map((mistake) => ({
      ...mistake,
      spec: { ...spec, children: children.with(at, mistake.spec) },
    })),
  );
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

/** The number of conditions that a mask is made of: its leaves, and what moves or parts positions. */
export function conditionsOf({ type, children = [] }: MaskSpec): number {
  const own = children.length === 0 || type === "packed" || type === "positioned" ? 1 : 0;
  return children.reduce((sum, inner) => sum + conditionsOf(inner), own);
}
