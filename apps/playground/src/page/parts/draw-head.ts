import type { CellArea } from "../../mask/paint.ts";
import type { HeadPicture, Marginals } from "../../models/head-picture.ts";
import { drawSelection } from "./draw-matrix.ts";
import { hatch } from "./hatch.ts";
import { heatOf } from "./heat.ts";
import type { Ink } from "./ink.ts";
import { drawLabels, type Layout, type MatrixLabels } from "./matrix-layout.ts";

/** Everything that is drawn of a head. */
export interface DrawnHead extends MatrixLabels {
  readonly picture: HeadPicture;
  readonly marginals: Marginals;
  /** The cells that the bars tell of, which are outlined. */
  readonly area: CellArea | undefined;
}

/** Pixels to the right of a head and below it, for its bars. */
export const BARS = 40;
const GAP = 6;

/** Draws a head: its weights, hatching where nothing may be seen, and its bars. */
export function drawHead(context: CanvasRenderingContext2D, head: DrawnHead, layout: Layout, ink: Ink): void {
  const { picture, marginals, area } = head;
  const { left, top, cell } = layout;
  const [width, height] = [picture.keys * cell, picture.queries * cell];
  context.clearRect(0, 0, layout.width, layout.height);
  drawLabels(context, head, layout, ink);
  context.save();
  context.translate(left, top);
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = ink.text;
  hatch(context, { x: 0, y: 0, w: width, h: height }, 7);
  context.imageSmoothingEnabled = false;
  context.drawImage(imageOf(picture), 0, 0, width, height);
  context.strokeStyle = ink.rule;
  context.strokeRect(0.5, 0.5, width, height);
  if (area) drawSelection(context, area, cell, ink);
  drawBars(context, marginals, { cell, width, height }, ink);
  context.restore();
}

/** The image of a picture; the same as long as the picture is. */
function imageOf(picture: HeadPicture): OffscreenCanvas {
  const known = images.get(picture);
  if (known) return known;
  const canvas = new OffscreenCanvas(picture.keys, picture.queries);
  canvas.getContext("2d")?.putImageData(heatOf(picture), 0, 0);
  images.set(picture, canvas);
  return canvas;
}

const images = new WeakMap<HeadPicture, OffscreenCanvas>();

/** Bars of the queries to the right, of the keys below; a rule stands at 1. */
function drawBars(
  context: CanvasRenderingContext2D,
  { queries, keys }: Marginals,
  { cell, width, height }: { readonly cell: number; readonly width: number; readonly height: number },
  ink: Ink,
): void {
  const most = BARS - GAP - 2;
  const thick = Math.max(1, cell - 2);
  context.fillStyle = ink.cell;
  for (const [query, value] of queries.entries()) {
    context.fillRect(width + GAP, query * cell + (cell - thick) / 2, value * most, thick);
  }
  for (const [key, value] of keys.entries()) {
    context.fillRect(key * cell + (cell - thick) / 2, height + GAP, thick, value * most);
  }
  context.strokeStyle = ink.rule;
  context.lineWidth = 1;
  context.strokeRect(width + GAP + 0.5, 0.5, most, height);
  context.strokeRect(0.5, height + GAP + 0.5, width, most);
}
