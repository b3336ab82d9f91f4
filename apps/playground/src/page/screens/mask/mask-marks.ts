import { computed, signal } from "@preact/signals";
import type { LabelLeak } from "@trivium/masks";
import { cellsOf } from "../../../mask/cells.ts";
import { type AttentionName, hopsOf, leaksOf } from "../../../mask/leaks.ts";
import { readMask } from "../../../mask/read-mask.ts";
import type { Mark } from "../../parts/draw-matrix.ts";
import { type Attention, pictureMasks, state } from "./mask-model.ts";

/** The algebra whose differences from the painted mask are shown, if they are. */
export const differencesShown = signal<string | undefined>(undefined);

/** The leaks of the batch row that is looked at, or why they cannot be looked for; undefined where nobody asks. */
export const foundLeaks = computed<{ leaks: readonly LabelLeak[] } | { error: string } | undefined>(() => {
  const { l, y, f, w, o, r } = state.value;
  const masks = pictureMasks.value;
  if (l === "no" || !masks) return undefined;
  try {
    const found = leaksOf(masks, { layers: y, shift: Number(f), weights: w, copyAt: o });
    const row = Math.min(r, Math.max(0, ...found.map((leak) => leak.row)));
    return { leaks: found.filter((leak) => leak.row === row) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
});

/** The leak whose way is shown, by its place in the list, and the step up to which it is. */
export const chosenLeak = signal(0);
export const chosenStep = signal(1);

/** The leak whose way is shown. */
export const shownLeak = computed<LabelLeak | undefined>(() => {
  const found = foundLeaks.value;
  return found && "leaks" in found ? found.leaks[Math.min(chosenLeak.value, found.leaks.length - 1)] : undefined;
});

/** The cells of an attention that are outlined: the hops of a leak, or the differences from another mask. */
export function marksOf({ name, size, cells, source }: Attention): Mark[] {
  const other = typeof source === "string" ? undefined : differencesShown.value;
  const expected = other === undefined ? undefined : readMask(other, size).mask;
  if (expected) {
    const { bits } = cellsOf(expected, size);
    return [...bits.entries()].flatMap(([at, bit]) =>
      bit === cells.bits[at] ? [] : [{ query: Math.floor(at / size.keys), key: at % size.keys }],
    );
  }
  return leakMarks(name);
}

function leakMarks(name: AttentionName): Mark[] {
  const leak = shownLeak.value;
  if (!leak) return [];
  return hopsOf(leak)
    .slice(0, chosenStep.value)
    .flatMap(({ attention, from, to }, at) =>
      attention === name ? [{ query: from.position, key: to.position, step: at + 1 }] : [],
    );
}
