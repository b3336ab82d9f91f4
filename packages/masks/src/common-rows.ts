import { ShapeError } from "@trivium/core";

/**
 * The number of rows that two arguments share, or null if both are the same for every row.
 *
 * @throws {ShapeError} `code` if both have rows, but not as many.
 */
export function commonRows(code: string, counts: Readonly<Record<string, number | null>>): number | null {
  const given = Object.entries(counts).filter(([, rows]) => rows !== null);
  if (new Set(given.map(([, rows]) => rows)).size > 1) {
    const got = given.map(([name, rows]) => `${name} ${rows}`).join(", ");
    throw new ShapeError(code, `these should have the same number of rows, or one list for all: got ${got}`, {
      details: counts,
    });
  }
  return given[0]?.[1] ?? null;
}
