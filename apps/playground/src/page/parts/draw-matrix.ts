import type { BlockMap } from "@trivium/masks";
import type { Cells } from "../../mask/cells.ts";
import type { CellArea } from "../../mask/paint.ts";
import { hatch } from "./hatch.ts";
import type { Ink } from "./ink.ts";
import { drawLabels, type Layout, type MatrixLabels } from "./matrix-layout.ts";

/** A cell that is outlined, with the number of its step if it has one. */
export interface Mark {
  readonly query: number;
  readonly key: number;
  readonly step?: number | undefined;
}

/** Everything that is drawn of a matrix. */
export interface Picture extends MatrixLabels {
  readonly cells: Cells;
  readonly blocks?: BlockMap | undefined;
  /** Batch row whose blocks are drawn. */
  readonly row: number;
  readonly marks: readonly Mark[];
  readonly selection?: CellArea | undefined;
}

/** Draws a picture into a canvas of its layout's size. */
export function drawMatrix(context: CanvasRenderingContext2D, picture: Picture, layout: Layout, ink: Ink): void {
  context.clearRect(0, 0, layout.width, layout.height);
  drawLabels(context, picture, layout, ink);
  context.save();
  context.translate(layout.left, layout.top);
  drawCells(context, picture.cells, layout.cell, ink);
  if (picture.blocks) drawBlocks(context, picture, layout.cell, ink);
  for (const mark of picture.marks) drawMark(context, mark, picture.cells, { cell: layout.cell, ink });
  if (picture.selection) drawSelection(context, picture.selection, layout.cell, ink);
  context.restore();
}

function drawCells(context: CanvasRenderingContext2D, { queries, keys, bits }: Cells, cell: number, ink: Ink): void {
  const [width, height] = [keys * cell, queries * cell];
  const gap = cell >= 8 ? 1 : 0;
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, width, height);
  if (cell >= 5) {
    context.strokeStyle = ink.rule;
    context.lineWidth = 1;
    context.beginPath();
    for (let q = 0; q <= queries; q++) line(context, [0, q * cell + 0.5], [width + 1, q * cell + 0.5]);
    for (let k = 0; k <= keys; k++) line(context, [k * cell + 0.5, 0], [k * cell + 0.5, height + 1]);
    context.stroke();
  } else {
    context.strokeStyle = ink.rule;
    context.strokeRect(0.5, 0.5, width, height);
  }
  context.fillStyle = ink.cell;
  for (let q = 0; q < queries; q++) {
    for (let k = 0; k < keys; k++) {
      if (bits[q * keys + k] !== 1) continue;
      let end = k + 1;
      while (gap === 0 && end < keys && bits[q * keys + end] === 1) end += 1;
      context.fillRect(k * cell + gap, q * cell + gap, (end - k) * cell - gap, cell - gap);
      k = end - 1;
    }
  }
}

function line(context: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number]): void {
  context.moveTo(...from);
  context.lineTo(...to);
}

/** Full blocks in a solid frame, partial ones in a dashed one, empty ones hatched: they are skipped. */
function drawBlocks(context: CanvasRenderingContext2D, { blocks, cells, row }: Picture, cell: number, ink: Ink): void {
  if (!blocks) return;
  const { forward } = blocks.at(Math.min(row, blocks.rows - 1), 0);
  const [height, width] = [blocks.blockQueries * cell, blocks.blockKeys * cell];
  context.strokeStyle = ink.text;
  for (let query = 0; query < blocks.queryBlocks; query++) {
    for (let key = 0; key < blocks.keyBlocks; key++) {
      const [x, y] = [key * width, query * height];
      const [w, h] = [Math.min(width, cells.keys * cell - x), Math.min(height, cells.queries * cell - y)];
      const isFull = forward.full[query]?.includes(key);
      const isPartial = forward.partial[query]?.includes(key);
      context.setLineDash([]);
      if (!isFull && !isPartial) hatch(context, { x, y, w, h });
      context.lineWidth = isFull || isPartial ? 2 : 0.5;
      context.setLineDash(isPartial ? [4, 3] : []);
      context.strokeRect(x + 1, y + 1, w - 1, h - 1);
    }
  }
  context.setLineDash([]);
}

function drawMark(
  context: CanvasRenderingContext2D,
  { query, key, step }: Mark,
  { keys, bits }: Cells,
  { cell, ink }: { readonly cell: number; readonly ink: Ink },
): void {
  const inset = cell >= 8 ? 1.5 : 0;
  context.strokeStyle = ink.mark;
  context.lineWidth = Math.max(1.5, Math.min(3, cell / 8));
  context.strokeRect(key * cell + inset, query * cell + inset, cell - 2 * inset + 1, cell - 2 * inset + 1);
  if (step === undefined || cell < 14) return;
  context.fillStyle = bits[query * keys + key] === 1 ? ink.onCell : ink.mark;
  context.font = `bold ${Math.round(cell * 0.5)}px ${ink.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(step), (key + 0.5) * cell + 0.5, (query + 0.5) * cell + 1);
}

/** Outlines a rectangle of cells. */
export function drawSelection(
  context: CanvasRenderingContext2D,
  { queries, keys }: CellArea,
  cell: number,
  ink: Pick<Ink, "select">,
): void {
  const [y, x] = [queries[0] * cell, keys[0] * cell];
  context.strokeStyle = ink.select;
  context.lineWidth = 2;
  context.strokeRect(x, y, (keys[1] - keys[0] + 1) * cell + 1, (queries[1] - queries[0] + 1) * cell + 1);
}
