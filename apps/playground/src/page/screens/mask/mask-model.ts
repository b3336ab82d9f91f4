import { computed, signal } from "@preact/signals";
import { type Mask, parseMask } from "@trivium/masks";
import { type MaskSource, type MaskState, maskFields } from "../../../address/mask-fields.ts";
import { type Cells, cellsOf } from "../../../mask/cells.ts";
import { blocksOf } from "../../../mask/facts.ts";
import type { AttentionName, PictureMasks } from "../../../mask/leaks.ts";
import { labelsOf, type PictureSize, type ReadMask, readMask } from "../../../mask/read-mask.ts";
import { createScreenState } from "../../route.ts";

/** The fields of the state that hold masks. */
export type MaskKey = "m" | "e" | "c";

/** An attention of the picture: its mask, its size and what stands at its rows and columns. */
export interface Attention {
  readonly name: AttentionName;
  readonly key: MaskKey;
  readonly size: PictureSize;
  readonly source: MaskSource;
  readonly read: ReadMask;
  /** The mask; where the algebra is wrong, the last one that was right. */
  readonly mask: Mask;
  readonly cells: Cells;
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
}

export const { state, problems, change } = createScreenState("mask", maskFields);

/** The last mask of each field that was right, shown while the reader writes the next. */
const lastRight: Partial<Record<MaskKey, Mask>> = {};

/** The attentions of the picture: one, or three of an encoder–decoder. */
export const attentions = computed<readonly Attention[]>(() => {
  const { s, q, k, n, t, u } = state.value;
  if (s === "one") {
    const [rows, columns] = [labelsOf(t, u, q), labelsOf(t, u, k || q)];
    return [attentionOf("tokens", "m", rows, columns)];
  }
  const labels = labelsOf(t, u, n + q);
  const source = labels.slice(0, n);
  // Without a text of the reader's, positions of the target count from 0 too.
  const target = labels.slice(n).map((label, at) => (label === String(n + at) ? String(at) : label));
  return [
    attentionOf("source", "e", source, source),
    attentionOf("cross", "c", target, source),
    attentionOf("target", "m", target, target),
  ];
});

function attentionOf(
  name: AttentionName,
  key: MaskKey,
  queryLabels: readonly string[],
  keyLabels: readonly string[],
): Attention {
  const size = { queries: queryLabels.length, keys: keyLabels.length };
  const source = state.value[key];
  const read = readMask(source, size);
  if (read.mask) lastRight[key] = read.mask;
  const mask = read.mask ?? lastRight[key] ?? parseMask("full");
  return { name, key, size, source, read, mask, cells: cellsOf(mask, size, state.value.r), queryLabels, keyLabels };
}

/** The block map of an attention, if one is asked for. */
export const blocksOfAttention = ({ mask, size }: Attention) =>
  state.value.b > 0 ? blocksOf(mask, size, state.value.b) : undefined;

/** The masks as the search for leaks takes them, or undefined where one of them is wrong or no square. */
export const pictureMasks = computed<PictureMasks | undefined>(() => {
  const found = attentions.value;
  if (found.some(({ read }) => read.error)) return undefined;
  const [first, cross, target] = found;
  if (!first) return undefined;
  if (!cross || !target) {
    const { queries, keys } = first.size;
    return queries === keys ? { tokens: first.mask, length: queries } : undefined;
  }
  const [length, sourceLength] = [target.size.queries, first.size.queries];
  return { source: first.mask, cross: cross.mask, target: target.mask, length, sourceLength };
});

type Written = Pick<MaskState, MaskKey | "s">;

const past = signal<readonly Written[]>([]);
const future = signal<readonly Written[]>([]);
const MOST_UNDONE = 200;

export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

const written = (): Written => {
  const { m, e, c, s } = state.peek();
  return { m, e, c, s };
};

/** Changes masks so that it can be undone. Letters that are typed one after the other are undone at once. */
export function write(part: Partial<Written>, { isTyped = false } = {}): void {
  if (!isTyped || !wasTyped) past.value = [...past.value, written()].slice(-MOST_UNDONE);
  wasTyped = isTyped;
  future.value = [];
  change(part);
}

let wasTyped = false;

/** Goes back to the masks before the last change. */
export function undo(): void {
  const last = past.value.at(-1);
  if (!last) return;
  wasTyped = false;
  future.value = [...future.value, written()];
  past.value = past.value.slice(0, -1);
  change(last);
}

/** Takes back what was undone last. */
export function redo(): void {
  const next = future.value.at(-1);
  if (!next) return;
  past.value = [...past.value, written()];
  future.value = future.value.slice(0, -1);
  change(next);
}
