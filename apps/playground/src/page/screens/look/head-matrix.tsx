import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { type CellArea, type CellPlace, cellsOfArea, spanOf } from "../../../mask/paint.ts";
import { type HeadPicture, marginalsOf } from "../../../models/head-picture.ts";
import { BARS, drawHead } from "../../parts/draw-head.ts";
import { placeAt, useGridCursor } from "../../parts/grid-cursor.ts";
import { GridFrame } from "../../parts/grid-frame.tsx";
import { inkOfPage } from "../../parts/ink.ts";
import { placeText } from "../../parts/matrix.tsx";
import { type Layout, layoutOf, type MatrixLabels } from "../../parts/matrix-layout.ts";
import { useCanvas, useWidth } from "../../parts/use-canvas.ts";
import { texts } from "../../preferences.ts";

interface HeadMatrixProps {
  readonly name: string;
  readonly picture: HeadPicture;
  readonly labels: MatrixLabels;
  readonly locked: CellArea | undefined;
  readonly onLock: (area: CellArea | undefined) => void;
}

/** One head, large: hovering shows what a cell is, a click or a drag locks cells, and the bars tell of these. */
export function HeadMatrix({ name, picture, labels, locked, onLock }: HeadMatrixProps) {
  const { look: said } = texts.value;
  const { holder, width } = useWidth<HTMLDivElement>();
  const cursor = useGridCursor(picture);
  const layout = layoutOf(labels, width ?? 0, BARS);
  const { pointer, hovered } = useLockPointer({ picture, layout, onPlace: cursor.place, onLock });
  const focused = cursor.isFocused ? cursor.selection : undefined;
  const area = hovered ?? (locked && within(locked, picture)) ?? focused;
  const marginals = useMemo(() => marginalsOf(picture, area), [picture, area?.queries.join(), area?.keys.join()]);
  const drawn = { ...labels, picture, marginals, area };
  const canvas = useCanvas((context) => drawHead(context, drawn, layout, inkOfPage()), width ? layout : undefined);
  return (
    <GridFrame
      holder={holder}
      canvas={canvas}
      size={picture}
      cursor={cursor}
      name={said.matrixLabel(name, picture.queries, picture.keys)}
      describedBy="look-help"
      isReadOnly
      label={areaText(spanOf(cursor.cursor, cursor.cursor), picture, labels)}
      said={area ? areaText(area, picture, labels) : said.bars}
      onKey={({ key }) => {
        if (key !== "Enter" && key !== " ") return false;
        onLock(locked ? undefined : cursor.selection);
        return true;
      }}
      pointer={pointer}
    />
  );
}

/** What is locked may come from an address, and from a longer text. */
function within({ queries, keys }: CellArea, size: HeadPicture): CellArea | undefined {
  const [q, k] = [size.queries - 1, size.keys - 1];
  if (queries[0] > q || keys[0] > k) return undefined;
  return { queries: [queries[0], Math.min(queries[1], q)], keys: [keys[0], Math.min(keys[1], k)] };
}

/** Cells in words: what the first of them has, or of several what their queries give to their keys on average. */
function areaText(area: CellArea, { keys, weights, visible }: HeadPicture, labels: MatrixLabels): string {
  const { look: said } = texts.value;
  const cells = cellsOfArea(area);
  const [first] = cells as [CellPlace];
  const at = ({ query, key }: CellPlace) => query * keys + key;
  const place = (position: number, of: readonly string[]) => placeText(position, of);
  if (cells.length > 1) {
    const given = cells.reduce((sum, cell) => sum + (weights[at(cell)] as number), 0);
    const [from, to] = area.queries;
    return said.area(area.queries, area.keys, given / (to - from + 1));
  }
  const names = [place(first.query, labels.queryLabels), place(first.key, labels.keyLabels)] as const;
  return visible[at(first)] === 1 ? said.weight(...names, weights[at(first)] as number) : said.hidden(...names);
}

interface LockOptions {
  readonly picture: HeadPicture;
  readonly layout: Layout;
  readonly onPlace: (place: CellPlace) => void;
  readonly onLock: (area: CellArea | undefined) => void;
}

/** Hovering previews a cell, a drag previews an area, and letting go locks it; a click on what is locked lets it go. */
function useLockPointer({ picture, layout, onPlace, onLock }: LockOptions) {
  const hovered = useSignal<CellArea | undefined>(undefined);
  const from = useRef<CellPlace | null>(null);
  const pointer = {
    onPointerDown(event: PointerEvent) {
      const place = placeAt(event, layout, picture);
      if (!place) return onLock(undefined);
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      from.current = place;
      onPlace(place);
    },
    onPointerMove(event: PointerEvent) {
      const place = placeAt(event, layout, picture);
      if (place) hovered.value = spanOf(from.current ?? place, place);
    },
    onPointerUp(event: PointerEvent) {
      const place = placeAt(event, layout, picture);
      if (from.current && place) onLock(spanOf(from.current, place));
      from.current = null;
      hovered.value = undefined;
    },
    onPointerCancel() {
      from.current = null;
      hovered.value = undefined;
    },
    onPointerLeave() {
      if (!from.current) hovered.value = undefined;
    },
  };
  return { pointer, hovered: hovered.value };
}
