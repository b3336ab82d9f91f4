import { useRef } from "preact/hooks";
import type { Cells } from "../../mask/cells.ts";
import { type CellPlace, cellsOfArea, cellsOfDiagonal, cellsOfLine, painted, spanOf } from "../../mask/paint.ts";
import { placeAt } from "./grid-cursor.ts";
import type { Layout } from "./matrix-layout.ts";

/** A stroke of the pointer paints the cells under it, those of a rectangle, or those of a diagonal. */
type Stroke = "free" | "area" | "diagonal";

interface Drag {
  readonly stroke: Stroke;
  readonly from: CellPlace;
  readonly bit: number;
  last: CellPlace;
  cells: Cells;
}

interface PaintOptions {
  readonly cells: Cells;
  readonly layout: Layout;
  readonly setDraft: (cells: Cells | null) => void;
  /** Undefined where nothing is painted. */
  readonly onPaint: ((cells: Cells) => void) | undefined;
  readonly onPlace: (place: CellPlace) => void;
}

/** Painting with a pointer: the stroke is a draft until the pointer is let go. */
export function usePaintPointer({ cells, layout, setDraft, onPaint, onPlace }: PaintOptions) {
  const drag = useRef<Drag | null>(null);
  const stroke = (place: CellPlace) => {
    const now = drag.current;
    if (!now || !onPaint) return;
    now.cells = painted(now.stroke === "free" ? now.cells : cells, cellsOfStroke(now, place, cells), now.bit);
    now.last = place;
    setDraft(now.cells);
  };
  const end = () => {
    drag.current = null;
    setDraft(null);
  };
  return {
    onContextMenu: (event: Event) => event.preventDefault(),
    onPointerDown(event: PointerEvent) {
      const place = placeAt(event, layout, cells);
      if (!place) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      const bit = 1 - (cells.bits[place.query * cells.keys + place.key] as number);
      const kind: Stroke = event.shiftKey ? "area" : event.button === 2 ? "diagonal" : "free";
      drag.current = { stroke: kind, from: place, last: place, bit, cells };
      onPlace(place);
      stroke(place);
    },
    onPointerMove(event: PointerEvent) {
      const place = placeAt(event, layout, cells);
      if (place) stroke(place);
    },
    onPointerUp() {
      if (drag.current) onPaint?.(drag.current.cells);
      end();
    },
    onPointerCancel: end,
  };
}

function cellsOfStroke({ stroke, from, last }: Drag, to: CellPlace, cells: Cells): CellPlace[] {
  if (stroke === "area") return cellsOfArea(spanOf(from, to));
  // A quick pointer passes over cells between two of its events.
  return stroke === "free" ? cellsOfLine(last, to) : cellsOfDiagonal(from, to, cells);
}
