import { useSignal } from "@preact/signals";
import type { Cells } from "../../mask/cells.ts";
import { type CellArea, type CellPlace, spanOf } from "../../mask/paint.ts";

/** The size of a grid. */
export type GridSize = Pick<Cells, "queries" | "keys">;

/** The cell that the keyboard is at, and the rectangle that it selects. */
export interface GridCursor {
  readonly cursor: CellPlace;
  readonly selection: CellArea;
  /** True if a selection beyond the cursor's cell was made on purpose. */
  readonly isSpan: boolean;
  readonly isFocused: boolean;
  /** Goes where a key leads, with Shift selecting the way. Returns whether the key leads anywhere. */
  move(event: KeyboardEvent): boolean;
  place(place: CellPlace): void;
  /** Lets go of the selection; without one the grid loses the focus. */
  escape(grid: HTMLElement): void;
  focus(isFocused: boolean): void;
}

/** The cursor of a grid of cells. */
export function useGridCursor(size: GridSize): GridCursor {
  const at = useSignal<CellPlace>({ query: 0, key: 0 });
  const anchor = useSignal<CellPlace | null>(null);
  const isFocused = useSignal(false);
  const cursor = { query: Math.min(at.value.query, size.queries - 1), key: Math.min(at.value.key, size.keys - 1) };
  return {
    cursor,
    selection: spanOf(anchor.value ?? cursor, cursor),
    isSpan: anchor.value !== null,
    isFocused: isFocused.value,
    move(event) {
      const next = placeAfter(event, cursor, size);
      if (!next) return false;
      anchor.value = event.shiftKey ? (anchor.value ?? cursor) : null;
      at.value = next;
      return true;
    },
    place(place) {
      at.value = place;
      anchor.value = null;
    },
    escape(grid) {
      if (anchor.value) anchor.value = null;
      else grid.blur();
    },
    focus(now) {
      isFocused.value = now;
    },
  };
}

/** The cell that a key leads to, or undefined for a key that leads nowhere. */
function placeAfter(
  { key: pressed, ctrlKey }: KeyboardEvent,
  { query, key }: CellPlace,
  { queries, keys }: GridSize,
): CellPlace | undefined {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-8, 0],
    PageDown: [8, 0],
    Home: [ctrlKey ? -queries : 0, -keys],
    End: [ctrlKey ? queries : 0, keys],
  };
  const [down, right] = steps[pressed] ?? [];
  if (down === undefined || right === undefined) return undefined;
  const within = (position: number, count: number) => Math.max(0, Math.min(count - 1, position));
  return { query: within(query + down, queries), key: within(key + right, keys) };
}

/** The cell of a grid at a pointer, if there is one. */
export function placeAt(
  event: PointerEvent,
  { left, top, cell }: { readonly left: number; readonly top: number; readonly cell: number },
  { queries, keys }: GridSize,
): CellPlace | undefined {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const key = Math.floor((event.clientX - box.left - left) / cell);
  const query = Math.floor((event.clientY - box.top - top) / cell);
  return query >= 0 && query < queries && key >= 0 && key < keys ? { query, key } : undefined;
}
