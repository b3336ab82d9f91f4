import { readable } from "../claims-numbers.ts";
import { escapeHtml } from "./escape-html.ts";

/** Markup of ours, which stands in a cell as it is. */
export interface Markup {
  readonly html: string;
}

export type Cell = string | number | null | Markup;

/** A table of a page, the first column naming the rows. */
export interface PageTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A table in a box of its own, which scrolls where the page is narrow, by keyboard too. */
export function renderTable({ title, columns, rows }: PageTable): string {
  const kinds = columns.map((_, at) => columnClass(rows.map((row) => row[at] ?? null)));
  const head = columns.map((column, at) => `<th scope="col"${at > 0 ? kinds[at] : ""}>${escapeHtml(column)}</th>`);
  const body = rows.map((row) => `<tr>${row.map((cell, at) => renderCell(cell, at, kinds[at])).join("")}</tr>`);
  const name = escapeHtml(title);
  return `<div class="wide" role="region" aria-label="${name}" tabindex="0"><table><caption><span>${name}</span></caption><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function renderCell(cell: Cell, at: number, kind = ""): string {
  const text = isMarkup(cell) ? cell.html : escapeHtml(readable(cell));
  return at === 0 ? `<th scope="row">${text}</th>` : `<td${kind}>${text}</td>`;
}

const isMarkup = (cell: Cell): cell is Markup => typeof cell === "object" && cell !== null;

/** Written-out numbers too: `"1,234"`. */
const isNumeric = (cell: Cell): boolean =>
  typeof cell === "number" || (typeof cell === "string" && /^[-−]?[\d,.]+(e[-+]?\d+)?$/.test(cell));

/** Longer texts get more room. */
const wordsFrom = 24;

function columnClass(cells: readonly Cell[]): string {
  if (cells.some(isNumeric)) return ' class="number"';
  return cells.some((cell) => typeof cell === "string" && cell.length >= wordsFrom) ? ' class="words"' : "";
}
