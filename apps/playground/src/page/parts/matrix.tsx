import { useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Cells } from "../../mask/cells.ts";
import {
  type CellArea,
  type CellPlace,
  cellsOfArea,
  cellsOfDiagonal,
  cellsOfLine,
  painted,
  spanOf,
} from "../../mask/paint.ts";
import { colours, texts } from "../preferences.ts";
import { drawMatrix, inkOf, type Layout, layoutOf, type Picture } from "./draw-matrix.ts";

interface MatrixProps {
  readonly name: string;
  readonly picture: Omit<Picture, "selection">;
  /** Called with the cells as they are after a stroke. Default: the matrix is not to be painted. */
  readonly onPaint?: ((cells: Cells) => void) | undefined;
  /** The element that says how the matrix is used. */
  readonly describedBy: string;
}

/** What the pointer does: the cells under it, those of a rectangle, or of a diagonal. */
type Stroke = "free" | "area" | "diagonal";

interface Drag {
  readonly stroke: Stroke;
  readonly from: CellPlace;
  readonly bit: number;
  last: CellPlace;
  cells: Cells;
}

/**
 * A mask as a matrix to look at and to paint. It is one stop of the keyboard: the cell in focus is told by
 * `aria-activedescendant`, since a matrix of 65,536 elements would be slow.
 */
export function Matrix({ name, picture, onPaint, describedBy }: MatrixProps) {
  const { cells } = picture;
  const { queries, keys } = cells;
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const at = useSignal<CellPlace>({ query: 0, key: 0 });
  const anchor = useSignal<CellPlace | null>(null);
  const isFocused = useSignal(false);
  const [draft, setDraft] = useState<Cells | null>(null);
  const cursor = { query: Math.min(at.value.query, queries - 1), key: Math.min(at.value.key, keys - 1) };
  const selection = anchor.value ? spanOf(anchor.value, cursor) : spanOf(cursor, cursor);
  const shown = {
    ...picture,
    cells: draft ?? cells,
    selection: isFocused.value || anchor.value ? selection : undefined,
  };
  const layout = layoutOf(shown, width);
  const canvas = useDrawing(shown, layout);
  const onPlace = (place: CellPlace) => {
    at.value = place;
    anchor.value = null;
  };
  const pointer = usePointer({ cells, layout, setDraft, onPaint, onPlace });
  const flip = (area: CellArea) => {
    const bit = 1 - (cells.bits[cursor.query * keys + cursor.key] as number);
    onPaint?.(painted(cells, cellsOfArea(area), bit));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = placeAfter(event, cursor, { queries, keys });
    if (next) {
      anchor.value = event.shiftKey ? (anchor.value ?? cursor) : null;
      at.value = next;
    } else if (event.key === " ") flip(spanOf(cursor, cursor));
    else if (event.key === "Enter") flip(selection);
    else if (event.key === "Escape") {
      if (anchor.value) anchor.value = null;
      else (event.currentTarget as HTMLElement).blur();
    } else return;
    event.preventDefault();
  };
  const id = useId();
  const { mask } = texts.value;
  const label = cellText(shown, cursor);
  return (
    <div class="matrix" ref={holder}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table of all cells would be slow. */}
      <div
        role="grid"
        tabIndex={0}
        aria-label={mask.matrixLabel(name, queries, keys)}
        aria-describedby={describedBy}
        aria-rowcount={queries}
        aria-colcount={keys}
        aria-multiselectable="true"
        aria-readonly={onPaint === undefined}
        aria-activedescendant={id}
        onKeyDown={onKeyDown}
        onFocus={() => {
          isFocused.value = true;
        }}
        onBlur={() => {
          isFocused.value = false;
        }}
        {...pointer}
      >
        <canvas ref={canvas} />
        {/* biome-ignore lint/a11y/useSemanticElements: a table of all cells would be slow. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
        <div role="row" aria-rowindex={cursor.query + 1} class="hidden">
          {/* biome-ignore lint/a11y/useSemanticElements: a table of all cells would be slow. */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
          <div role="gridcell" id={id} aria-colindex={cursor.key + 1} aria-selected="true" aria-label={label}>
            {label}
          </div>
        </div>
      </div>
      <p class="under" aria-live="polite">
        {anchor.value ? `${label} · ${mask.selected(cellsOfArea(selection).length)}` : label}
      </p>
    </div>
  );
}

/** A cell in words: its query, its key, and whether the query sees the key. */
function cellText({ cells, queryLabels, keyLabels }: Picture, { query, key }: CellPlace): string {
  const { mask } = texts.value;
  const place = (position: number, labels: readonly string[]) => {
    const label = labels[position] ?? "";
    return mask.place(position, label === String(position) ? "" : label);
  };
  const isVisible = cells.bits[query * cells.keys + key] === 1;
  return mask.cell(place(query, queryLabels), place(key, keyLabels), isVisible);
}

/** The cell that a key leads to, or undefined for a key that leads nowhere. */
function placeAfter(
  { key: pressed, ctrlKey }: KeyboardEvent,
  { query, key }: CellPlace,
  { queries, keys }: Pick<Cells, "queries" | "keys">,
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

/** Draws the picture into a canvas whenever the picture, its size or the colours change. */
function useDrawing(picture: Picture, layout: Layout) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const inColours = colours.value;
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const scale = devicePixelRatio;
    element.width = Math.ceil(layout.width * scale);
    element.height = Math.ceil(layout.height * scale);
    element.style.width = `${layout.width}px`;
    element.style.height = `${layout.height}px`;
    context.scale(scale, scale);
    drawMatrix(context, picture, layout, inkOf(element));
  }, [picture, layout.width, layout.height, layout.cell, inColours]);
  return canvas;
}

/** The width that an element has for what it holds. */
function useWidth(holder: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(300);
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const look = () => setWidth(element.clientWidth);
    const observer = new ResizeObserver(look);
    look();
    observer.observe(element);
    return () => observer.disconnect();
  }, [holder]);
  return width;
}

interface PointerOptions {
  readonly cells: Cells;
  readonly layout: Layout;
  readonly setDraft: (cells: Cells | null) => void;
  readonly onPaint: MatrixProps["onPaint"];
  readonly onPlace: (place: CellPlace) => void;
}

/** Painting with a pointer: the stroke is a draft until the pointer is let go. */
function usePointer({ cells, layout, setDraft, onPaint, onPlace }: PointerOptions) {
  const drag = useRef<Drag | null>(null);
  const placeOf = (event: PointerEvent): CellPlace | undefined => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const key = Math.floor((event.clientX - left - layout.left) / layout.cell);
    const query = Math.floor((event.clientY - top - layout.top) / layout.cell);
    const isInside = query >= 0 && query < cells.queries && key >= 0 && key < cells.keys;
    return isInside ? { query, key } : undefined;
  };
  const stroke = (place: CellPlace) => {
    const now = drag.current;
    if (!now) return;
    const places = {
      // A quick pointer passes over cells between two of its events.
      free: () => cellsOfLine(now.last, place),
      area: () => cellsOfArea(spanOf(now.from, place)),
      diagonal: () => cellsOfDiagonal(now.from, place, cells),
    }[now.stroke]();
    now.cells = painted(now.stroke === "free" ? now.cells : cells, places, now.bit);
    now.last = place;
    setDraft(now.cells);
  };
  return {
    onContextMenu: (event: Event) => event.preventDefault(),
    onPointerDown(event: PointerEvent) {
      const place = placeOf(event);
      if (!place) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      const bit = 1 - (cells.bits[place.query * cells.keys + place.key] as number);
      const kind: Stroke = event.shiftKey ? "area" : event.button === 2 ? "diagonal" : "free";
      drag.current = { stroke: kind, from: place, last: place, bit, cells };
      onPlace(place);
      if (onPaint) stroke(place);
    },
    onPointerMove(event: PointerEvent) {
      const place = placeOf(event);
      if (place && drag.current && onPaint) stroke(place);
    },
    onPointerUp() {
      if (drag.current) onPaint?.(drag.current.cells);
      drag.current = null;
      setDraft(null);
    },
    onPointerCancel() {
      drag.current = null;
      setDraft(null);
    },
  };
}
