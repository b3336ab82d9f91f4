import type { Ink } from "./ink.ts";

/** Labels at the rows and columns of a matrix, as many as there are of each. */
export interface MatrixLabels {
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
}

/** Where the cells of a matrix are, in pixels of the page. */
export interface Layout {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly width: number;
  readonly height: number;
}

const LARGEST_CELL = 44;
/** The smallest cell beside which a label can be read. */
const LABELLED_CELL = 11;
const LONGEST_LABEL = 10;

/** The layout of a matrix in a width, with some pixels left free to the right and below. */
export function layoutOf({ queryLabels, keyLabels }: MatrixLabels, width: number, free = 0): Layout {
  const margin = (labels: readonly string[]) =>
    12 + 7.5 * labels.reduce((most, label) => Math.max(most, [...short(label)].length), 1);
  const [left, top] = [margin(queryLabels), margin(keyLabels)].map(Math.ceil) as [number, number];
  const room = (width - left - 2 - free) / keyLabels.length;
  const cell = Math.min(LARGEST_CELL, room >= 4 ? Math.floor(room) : Math.max(1, Math.floor(room * 2) / 2));
  const [inner, outer] = [cell * keyLabels.length + 2, cell * queryLabels.length + 2];
  return { left, top, cell, width: left + inner + free, height: top + outer + free };
}

const short = (label: string): string =>
  [...label].length > LONGEST_LABEL ? `${[...label].slice(0, LONGEST_LABEL - 1).join("")}…` : label;

/** Writes the labels above and to the left of a matrix; of small cells only some. */
export function drawLabels(
  context: CanvasRenderingContext2D,
  { queryLabels, keyLabels }: MatrixLabels,
  { left, top, cell }: Layout,
  ink: Ink,
): void {
  context.fillStyle = ink.text;
  context.font = `${Math.min(13, Math.max(10, cell * 0.55))}px ${ink.font}`;
  context.textBaseline = "middle";
  const every = cell >= LABELLED_CELL ? 1 : 2 ** Math.ceil(Math.log2(14 / cell));
  for (const [q, label] of queryLabels.entries()) {
    if (q % every !== 0) continue;
    context.textAlign = "right";
    context.fillText(short(label), left - 6, top + (q + 0.5) * cell);
  }
  for (const [k, label] of keyLabels.entries()) {
    if (k % every !== 0) continue;
    const isUpright = [...short(label)].length === 1;
    context.save();
    context.translate(left + (k + 0.5) * cell, top - (isUpright ? 10 : 6));
    context.textAlign = isUpright ? "center" : "left";
    if (!isUpright) context.rotate(-Math.PI / 2);
    context.fillText(short(label), 0, 0);
    context.restore();
  }
}
