import { ConfigError } from "@trivium/core";
import { extentOf } from "../lowerings/mask-size.ts";
import type { Mask, MaskSize } from "../mask.ts";

/** The characters of a visible and a hidden pair. */
export const drawingSymbols = { blocks: ["█", "·"], ascii: ["x", "."] } as const;

export interface DrawOptions extends MaskSize {
  /** Batch row to draw. Default 0. */
  readonly row?: number | undefined;
  /** Head to draw. Default 0. */
  readonly head?: number | undefined;
  /** Default `"blocks"`. */
  readonly symbols?: keyof typeof drawingSymbols | undefined;
  /** Labels of the rows. Default: positions. */
  readonly queryLabels?: readonly string[] | undefined;
  /** Labels of the columns, written downwards. Default: positions. */
  readonly keyLabels?: readonly string[] | undefined;
  readonly title?: string | undefined;
}

/**
 * The matrix as text: a row for each query, a column for each key.
 *
 * ```
 *   0123
 * 0 ██··
 * 1 ██··
 * 2 ███·
 * 3 ████
 * ```
 * @throws {ConfigError} `masks/labels` if there are too few or too many labels, `masks/symbols` for unknown symbols.
 * @throws {ShapeError} `masks/row` or `masks/head` if the mask has no such row or head.
 * @example drawAscii(or(prefix({ lengths: 2 }), causal()), { queries: 4, keys: 4 })
 */
export function drawAscii(mask: Mask, options: DrawOptions): string {
  const { queries, keys } = extentOf(mask, options);
  const { row = 0, head = 0, symbols = "blocks", title } = options;
  const known = Object.keys(drawingSymbols);
  const problem = `symbols should be one of ${known.join(", ")}, got ${JSON.stringify(symbols)}`;
  if (!known.includes(symbols)) throw new ConfigError("masks/symbols", problem);
  const [shown, hidden] = drawingSymbols[symbols];
  const rowLabels = labelsOf("queryLabels", options.queryLabels, queries);
  const width = Math.max(0, ...rowLabels.map((label) => [...label].length));
  const keyLabels = labelsOf("keyLabels", options.keyLabels, keys);
  const heading = downwards(keyLabels).map((line) => `${" ".repeat(width)} ${line}`);
  const body = rowLabels.map((label, q) => {
    const cells = Array.from({ length: keys }, (_, k) => (mask.visible(row, head, q, k) ? shown : hidden));
    return `${" ".repeat(width - [...label].length)}${label} ${cells.join("")}`;
  });
  const lines = [title ?? [], heading, body].flat();
  return lines.map((line) => line.trimEnd()).join("\n");
}

/**
 * Drawings next to each other, with three blanks between.
 *
 * @example drawSideBySide([drawAscii(causal(), size), drawAscii(full(), size)])
 */
export function drawSideBySide(drawings: readonly string[]): string {
  const columns = drawings.map((drawing) => drawing.split("\n"));
  const height = Math.max(0, ...columns.map((lines) => lines.length));
  const widths = columns.map((lines) => Math.max(...lines.map((line) => [...line].length)));
  const lines = Array.from({ length: height }, (_, index) =>
    columns.map((column, at) => padEnd(column[index] ?? "", widths[at] as number)).join("   "),
  );
  return lines.map((line) => line.trimEnd()).join("\n");
}

/**
 * Labels for one axis: those given, or the positions.
 *
 * @throws {ConfigError} `masks/labels` if there are not as many as positions.
 */
export function labelsOf(name: string, given: readonly string[] | undefined, count: number): readonly string[] {
  if (given === undefined) return Array.from({ length: count }, (_, position) => String(position));
  if (given.length === count) return given;
  throw new ConfigError("masks/labels", `${name} should have ${count} labels, got ${given.length}`);
}

const padEnd = (text: string, width: number) => text + " ".repeat(width - [...text].length);

/** Labels written downwards, ending on the same line. */
function downwards(labels: readonly string[]): string[] {
  const columns = labels.map((label) => [...label]);
  const height = Math.max(0, ...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, line) =>
    columns.map((column) => column[line - height + column.length] ?? " ").join(""),
  );
}
