import { UnsupportedError } from "@trivium/core";
import type { Mask, MaskSpec } from "../mask.ts";
import type { MaskPlugins } from "../mask-plugin.ts";
import { createMaskResolver, type MaskResolver, parameterNames } from "./mask-resolver.ts";

export interface PrintOptions {
  /** Masks of your own, to be written in their own form. Without its plugin a mask is written with named options. */
  readonly plugins?: MaskPlugins | undefined;
}

/**
 * The short text of a mask, from which `parseMask` makes the same mask again.
 *
 * @throws {UnsupportedError} `masks/not-printable` if an option is no number, string, boolean or list of these.
 * @example printMask(and(or(prefix({ lengths: 4 }), causal()), padding({ lengths: [5, 6] }))) // => "(prefix(4) | causal) & padding([5,6])"
 */
export function printMask(mask: Mask, { plugins = [] }: PrintOptions = {}): string {
  return print(mask.spec, createMaskResolver(plugins), 0);
}

/** A spec as text, in parentheses if its operator binds no tighter than the level `around`. */
function print(spec: MaskSpec, resolver: MaskResolver, around: number): string {
  const { prefixes, infixes } = resolver;
  const [first, ...rest] = spec.children ?? [];
  const prefix = prefixes.find(({ name }) => name === spec.type);
  if (prefix && first) return `${prefix.operator}${print(first, resolver, infixes.length)}`;
  const level = infixes.findIndex(({ name }) => name === spec.type) + 1;
  if (level === 0 || first === undefined || rest.length === 0) return printCall(spec, resolver);
  const operands = [first, ...rest].map((one) => print(one, resolver, level));
  const text = operands.join(` ${infixes[level - 1]?.operator} `);
  return level <= around ? `(${text})` : text;
}

function printCall(spec: MaskSpec, resolver: MaskResolver): string {
  const children = (spec.children ?? []).map((child) => print(child, resolver, 0)).join(", ");
  const options = printOptions(spec, resolver);
  const given = [children, options].filter((part) => part !== "").join("; ");
  return given === "" ? spec.type : `${spec.type}(${given})`;
}

/** Options by place where each one before the last is there, else by name. */
function printOptions({ type, options = {} }: MaskSpec, { find }: MaskResolver): string {
  const plugin = find(type);
  const lists = plugin?.text === "lists";
  const names = plugin ? parameterNames(plugin) : [];
  const entries = Object.entries(options).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b));
  for (const [name, value] of entries) assertPrintable(type, name, value);
  const byPlace = entries.every(([name, value], at) => names[at] === name && !(lists && isBare(value)));
  const values = entries.map(([name, value]) => {
    const text = JSON.stringify(value);
    if (!byPlace) return `${name}=${text}`;
    return lists ? text.slice(1, -1) : text;
  });
  return values.join(lists ? "; " : ",");
}

/** A value that cannot be written as a list without brackets. */
const isBare = (value: unknown) => !Array.isArray(value) || value.length === 0;

function assertPrintable(type: string, name: string, value: unknown): void {
  if (/^[A-Za-z][A-Za-z0-9]*$/.test(name) && isPrintable(value)) return;
  const message = `the options of the mask "${type}" cannot be written as text (${name}); use maskToJson`;
  throw new UnsupportedError("masks/not-printable", message, { details: { type, name } });
}

function isPrintable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPrintable);
  return Number.isFinite(value) || typeof value === "string" || typeof value === "boolean";
}
