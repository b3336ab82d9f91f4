import { extentOf } from "../lowerings/mask-size.ts";
import { type BlockMap, cut } from "../lowerings/to-blocks.ts";
import { forEachVisibleRectangle } from "../lowerings/visible-rectangles.ts";
import type { Mask, Range } from "../mask.ts";
import { type DrawOptions, labelsOf } from "./draw-ascii.ts";

export interface DrawSvgOptions extends Omit<DrawOptions, "symbols"> {
  /** Side of a cell, in pixels. Default 14. */
  readonly cell?: number | undefined;
  /** A block map to lay over the matrix: solid frames around full blocks, dashed ones around partial blocks. */
  readonly blocks?: BlockMap | undefined;
}

const labelPixels = 7;

/**
 * The matrix as an SVG picture with a title and a description, in the colour of the text around it (`currentColor`),
 * so that it suits light and dark pages.
 *
 * @throws {ConfigError} `masks/labels` if there are too few or too many labels.
 * @throws {ShapeError} `masks/row` or `masks/head` if the mask has no such row or head.
 * @example drawSvg(causal(), { queries: 4, keys: 4, title: "causal" })
 */
export function drawSvg(mask: Mask, options: DrawSvgOptions): string {
  const { queries, keys } = extentOf(mask, options);
  const { row = 0, head = 0, cell = 14, title = "Attention mask" } = options;
  const rowLabels = labelsOf("queryLabels", options.queryLabels, queries);
  const keyLabels = labelsOf("keyLabels", options.keyLabels, keys);
  const left = margin(rowLabels);
  const top = margin(keyLabels);
  const [width, height] = [left + keys * cell + 2, top + queries * cell + 2];
  let pairs = 0;
  const cells: string[] = [];
  forEachVisibleRectangle(mask, row, head, { queries: upTo(queries), keys: upTo(keys) }, (q, k) => {
    pairs += (q.end - q.start) * (k.end - k.start);
    cells.push(`<rect ${place(q, k, cell)}/>`);
  });
  const description = `${queries} queries by ${keys} keys; ${pairs} of ${queries * keys} pairs are visible.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" color="inherit">`,
    `<title>${escapeXml(title)}</title><desc>${description}</desc>`,
    `<g font-family="monospace" font-size="${Math.min(11, cell * 0.75)}" fill="currentColor">`,
    ...rowLabels.map((label, q) => text(label, left - 4, top + (q + 0.5) * cell, "end")),
    ...keyLabels.map((label, k) => downText(label, left + (k + 0.5) * cell, top - 4)),
    `</g><g transform="translate(${left} ${top})">`,
    `<g fill="currentColor" fill-opacity="0.7" shape-rendering="crispEdges">${cells.join("")}</g>`,
    grid(queries, keys, cell),
    options.blocks === undefined ? "" : overlay(options.blocks, options, cell),
    "</g></svg>",
  ].join("\n");
}

const upTo = (end: number): Range => ({ start: 0, end });

const margin = (labels: readonly string[]) =>
  8 + labelPixels * Math.max(0, ...labels.map((label) => [...label].length));

const place = (q: Range, k: Range, cell: number) =>
  `x="${k.start * cell}" y="${q.start * cell}" width="${(k.end - k.start) * cell}" height="${(q.end - q.start) * cell}"`;

const text = (label: string, x: number, y: number, anchor: string) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" dominant-baseline="central">${escapeXml(label)}</text>`;

const downText = (label: string, x: number, y: number) =>
  `<text transform="translate(${x} ${y}) rotate(-90)" dominant-baseline="central">${escapeXml(label)}</text>`;

function grid(queries: number, keys: number, cell: number): string {
  const [width, height] = [keys * cell, queries * cell];
  const rows = Array.from({ length: queries + 1 }, (_, q) => `M0 ${q * cell}H${width}`);
  const columns = Array.from({ length: keys + 1 }, (_, k) => `M${k * cell} 0V${height}`);
  return `<path d="${[...rows, ...columns].join("")}" fill="none" stroke="currentColor" stroke-opacity="0.25"/>`;
}

function overlay(blocks: BlockMap, { row = 0, head = 0, queries, keys }: DrawSvgOptions, cell: number): string {
  const { forward } = blocks.at(row, head);
  const [queryRanges, keyRanges] = [cut(queries, blocks.blockQueries), cut(keys, blocks.blockKeys)];
  const frames = (["full", "partial"] as const).flatMap((list) =>
    forward[list].flatMap((keyBlocks, queryBlock) =>
      keyBlocks.map((keyBlock) => {
        const where = place(queryRanges[queryBlock] as Range, keyRanges[keyBlock] as Range, cell);
        return `<rect ${where}${list === "partial" ? ' stroke-dasharray="3 2"' : ""}/>`;
      }),
    ),
  );
  return `<g fill="none" stroke="currentColor" stroke-width="2">${frames.join("")}</g>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeXml = (raw: string) => raw.replace(/[&<>"]/g, (character) => entities[character] as string);
