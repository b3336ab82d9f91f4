import { ConfigError } from "@trivium/core";
import type { MaskOptions } from "./mask.ts";

/**
 * A copy of a mask's options, so that later changes of the caller's lists do not reach the mask. Options that are
 * undefined are left out; without any, the result is undefined.
 *
 * @throws {ConfigError} `masks/options` if JSON would not give an option back as it was: options are the identity of
 *   a mask, and a `Map`, a function or `NaN` has none in JSON.
 */
export function plainOptions(type: string, options: object | undefined): MaskOptions | undefined {
  if (options === undefined) return undefined;
  const wanted = `the options of the mask "${type}" should be plain JSON, since they are its identity`;
  const copy = copied(options, (at, value) => {
    const place = `options${at}`;
    const message = `${wanted}; ${place} is ${describe(value)}; use numbers, strings, booleans, lists and records`;
    throw new ConfigError("masks/options", message, { details: { type, place } });
  }) as MaskOptions;
  return Object.keys(copy).length === 0 ? undefined : copy;
}

/** Lists that are checked copies already: a batch's ids are long, and their masks are made at each step. */
const ownCopies = new WeakSet<object>();

/** Marks a list of integers, or a list of such lists, as a checked copy that nobody changes. */
export function markCopied<List extends readonly unknown[]>(list: List): List {
  ownCopies.add(list);
  return list;
}

type Refuse = (place: string, value: unknown) => never;

function copied(value: unknown, refuse: Refuse, place = ""): unknown {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    return ownCopies.has(value) ? value : value.map((one, at) => copied(one, refuse, `${place}[${at}]`));
  }
  if (!isRecord(value)) return refuse(place, value);
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(given.map(([key, one]) => [key, copied(one, refuse, `${place}.${key}`)]));
}

function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return `an object of class ${value.constructor?.name}`;
  return typeof value === "function" ? "a function" : String(value);
}
