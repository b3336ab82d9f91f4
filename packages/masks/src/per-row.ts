import { ConfigError, ShapeError } from "@trivium/core";
import { assertInteger } from "./assert-integer.ts";
import type { PerPosition, PerRow } from "./mask.ts";
import { markCopied } from "./plain-options.ts";

/** Checked values: `spec` is a copy of those given, `row(b)` the value of row `b`. */
export interface RowValues<Spec, Value> {
  readonly rows: number | null;
  readonly spec: Spec;
  row(b: number): Value;
}

/**
 * Checks one count for all rows, or a list with one for each.
 *
 * @throws {ConfigError} `code` if a count is not an integer ≥ 0.
 * @throws {ShapeError} `code` if the list is empty.
 */
export function readPerRow(code: string, name: string, value: PerRow): RowValues<PerRow, number> {
  if (!Array.isArray(value)) {
    assertInteger(code, name, value, 0);
    return { rows: null, spec: value, row: () => value as number };
  }
  const values: number[] = markCopied([...value]);
  assertRows(code, name, values);
  assertIntegers(code, name, values, 0);
  return { rows: values.length, spec: values, row: (b) => values[b] as number };
}

/**
 * Checks one integer for each position, for all rows alike or for each row.
 *
 * @throws {ConfigError} `code` if a value is not an integer ≥ `least`.
 * @throws {ShapeError} `code` if there is no row, or rows differ in length.
 */
export function readPerPosition(
  code: string,
  name: string,
  value: PerPosition,
  least?: number,
): RowValues<PerPosition, readonly number[]> {
  assertList(code, name, value);
  const nested = Array.isArray(value[0]);
  const rows = (nested ? value : [value]) as readonly (readonly number[])[];
  if (nested) assertRows(code, name, rows);
  const copies = rows.map((row, b) => {
    const place = nested ? `${name}[${b}]` : name;
    assertList(code, place, row);
    assertIntegers(code, place, row, least);
    return [...row];
  });
  assertSameLength(code, name, copies);
  if (nested) return { rows: copies.length, spec: markCopied(copies), row: (b) => copies[b] as number[] };
  return { rows: null, spec: markCopied(copies[0] as number[]), row: () => copies[0] as number[] };
}

function assertList(code: string, name: string, value: unknown): void {
  if (Array.isArray(value)) return;
  const wanted = `${name} should be a list of integers, one for each position`;
  throw new ConfigError(code, `${wanted}, got ${JSON.stringify(value)}`);
}

function assertIntegers(code: string, name: string, values: readonly number[], least?: number): void {
  for (const [index, value] of values.entries()) {
    // The name is only built for the error: lists can be long.
    const holds = Number.isSafeInteger(value) && value >= (least ?? value);
    if (!holds) assertInteger(code, `${name}[${index}]`, value, least);
  }
}

function assertRows(code: string, name: string, values: readonly unknown[]): void {
  if (values.length > 0) return;
  throw new ShapeError(code, `${name} should have at least one row, got an empty list`);
}

function assertSameLength(code: string, name: string, rows: readonly (readonly number[])[]): void {
  const lengths = rows.map((row) => row.length);
  if (lengths.every((length) => length === lengths[0])) return;
  const found = `every row of ${name} should have the same length, got lengths ${lengths.join(", ")}`;
  throw new ShapeError(code, `${found}; fill short rows with -1`, { details: { lengths } });
}

/**
 * The number of rows that arguments share, or null if all of them are the same for every row.
 *
 * @param wanted - what the arguments should have in common, for the message.
 * @throws {ShapeError} `code` if two have rows, but not as many.
 */
export function commonRows(
  code: string,
  counts: Readonly<Record<string, number | null | undefined>>,
  wanted = "these should have the same number of rows, or one list for all",
): number | null {
  const given = Object.entries(counts).filter(([, rows]) => typeof rows === "number");
  const [first] = given;
  if (!first || given.every(([, rows]) => rows === first[1])) return first?.[1] ?? null;
  const got = given.map(([name, rows]) => `${name} ${rows}`).join(", ");
  throw new ShapeError(code, `${wanted}: got ${got}`, { details: counts });
}
