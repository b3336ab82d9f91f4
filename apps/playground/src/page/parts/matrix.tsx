import { useState } from "preact/hooks";
import type { Cells } from "../../mask/cells.ts";
import { type CellArea, type CellPlace, cellsOfArea, painted, spanOf } from "../../mask/paint.ts";
import { texts } from "../preferences.ts";
import { drawMatrix, type Picture } from "./draw-matrix.ts";
import { useGridCursor } from "./grid-cursor.ts";
import { GridFrame } from "./grid-frame.tsx";
import { inkOfPage } from "./ink.ts";
import { layoutOf } from "./matrix-layout.ts";
import { usePaintPointer } from "./paint-pointer.ts";
import { useCanvas, useWidth } from "./use-canvas.ts";

interface MatrixProps {
  readonly name: string;
  readonly picture: Omit<Picture, "selection">;
  /** Called with the cells as they are after a stroke. Default: the matrix is not to be painted. */
  readonly onPaint?: ((cells: Cells) => void) | undefined;
  /** The element that says how the matrix is used. */
  readonly describedBy: string;
}

/** A mask as a matrix to look at and to paint. */
export function Matrix({ name, picture, onPaint, describedBy }: MatrixProps) {
  const { cells } = picture;
  const { holder, width } = useWidth<HTMLDivElement>();
  const [draft, setDraft] = useState<Cells | null>(null);
  const cursor = useGridCursor(cells);
  const { selection, isSpan, isFocused } = cursor;
  const shown = { ...picture, cells: draft ?? cells, selection: isFocused || isSpan ? selection : undefined };
  const layout = layoutOf(picture, width ?? 0);
  const canvas = useCanvas((context) => drawMatrix(context, shown, layout, inkOfPage()), width ? layout : undefined);
  const pointer = usePaintPointer({ cells, layout, setDraft, onPaint, onPlace: cursor.place });
  const flip = (area: CellArea) => {
    const { query, key } = cursor.cursor;
    onPaint?.(painted(cells, cellsOfArea(area), 1 - (cells.bits[query * cells.keys + key] as number)));
    return true;
  };
  const { mask } = texts.value;
  const label = cellText(shown, cursor.cursor);
  return (
    <GridFrame
      holder={holder}
      canvas={canvas}
      size={cells}
      cursor={cursor}
      name={mask.matrixLabel(name, cells.queries, cells.keys)}
      describedBy={describedBy}
      isReadOnly={onPaint === undefined}
      label={label}
      said={isSpan ? `${label} · ${mask.selected(cellsOfArea(selection).length)}` : label}
      onKey={({ key }) =>
        key === " " ? flip(spanOf(cursor.cursor, cursor.cursor)) : key === "Enter" && flip(selection)
      }
      pointer={pointer}
    />
  );
}

/** A cell in words: its query, its key, and whether the query sees the key. */
function cellText({ cells, queryLabels, keyLabels }: Picture, { query, key }: CellPlace): string {
  const { mask } = texts.value;
  const isVisible = cells.bits[query * cells.keys + key] === 1;
  return mask.cell(placeText(query, queryLabels), placeText(key, keyLabels), isVisible);
}

/** A position in words, with its label where that is not the position itself. */
export function placeText(position: number, labels: readonly string[]): string {
  const label = labels[position] ?? "";
  return texts.value.mask.place(position, label === String(position) ? "" : label);
}
