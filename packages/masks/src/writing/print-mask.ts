import { UnsupportedError } from "@trivium/core";
import type { Mask, MaskSpec, PerPosition } from "../mask.ts";

/**
 * The short text of a mask, from which `parseMask` makes the same mask again.
 *
 * @throws {UnsupportedError} `masks/not-printable` if a custom mask's options are not a flat record of numbers,
 *   strings, booleans and lists of these.
 * @example printMask(and(or(prefix({ lengths: 4 }), causal()), padding({ lengths: [5, 6] }))) // => "(prefix(4) | causal) & padding([5,6])"
 */
export function printMask(mask: Mask): string {
  return print(mask.spec);
}

const binding: Partial<Record<MaskSpec["type"], number>> = { or: 1, and: 2, not: 3 };

/** A spec as text, in parentheses if it binds no tighter than `around`. */
function print(spec: MaskSpec, around = 0): string {
  const own = binding[spec.type];
  const text = printBare(spec);
  return own !== undefined && own <= around ? `(${text})` : text;
}

function printBare(spec: MaskSpec): string {
  switch (spec.type) {
    case "full":
      return "full";
    case "causal":
      return spec.offset === 0 ? "causal" : `causal(${spec.offset})`;
    case "prefix":
    case "padding":
      return `${spec.type}(${JSON.stringify(spec.lengths)})`;
    case "window":
      return spec.right === 0 ? `window(${spec.left})` : `window(${spec.left},${spec.right})`;
    case "documents":
      return `documents(${printGroups(spec.ids, spec.keyIds)})`;
    case "custom":
      return printCustom(spec.name, spec.options);
    case "and":
      return spec.masks.map((one) => print(one, 2)).join(" & ");
    case "or":
      return spec.masks.map((one) => print(one, 1)).join(" | ");
    case "not":
      return `!${print(spec.mask, 2)}`;
    case "packed":
      return `packed(${print(spec.inner)}; ${printGroups(spec.ids, spec.keyIds)})`;
    case "positioned":
      return `positioned(${print(spec.inner)}; ${printGroups(spec.queries, spec.keys)})`;
  }
}

function printGroups(...groups: readonly (PerPosition | undefined)[]): string {
  const given = groups.filter((group) => group !== undefined);
  return given.map((group) => JSON.stringify(group).slice(1, -1)).join("; ");
}

function printCustom(name: string, options: unknown): string {
  if (options === undefined) return name;
  const isRecord = typeof options === "object" && options !== null && !Array.isArray(options);
  const entries = isRecord ? Object.entries(options) : [];
  const odd = entries.find(([key, value]) => !/^[A-Za-z][A-Za-z0-9]*$/.test(key) || !isPrintable(value));
  if (!isRecord || odd !== undefined) {
    throw new UnsupportedError(
      "masks/not-printable",
      `the options of the custom mask "${name}" cannot be written as text (${odd?.[0] ?? "they are no record"}); use maskToJson`,
      { details: { name } },
    );
  }
  return entries.length === 0
    ? name
    : `${name}(${entries.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")})`;
}

function isPrintable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPrintable);
  return Number.isFinite(value) || typeof value === "string" || typeof value === "boolean";
}
