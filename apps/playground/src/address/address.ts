import type { Field } from "./field.ts";

/** The fields of a screen, by their names in the address. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The state of a screen: a value for each of its fields. */
export type StateOf<Of> = { readonly [Name in keyof Of]: Of[Name] extends Field<infer Value> ? Value : never };

/** The parts of an address: the screen, its parameters, and the words that were not understood. */
export interface ReadAddress {
  readonly screen: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Parameters whose percent-encoding is broken. */
  readonly broken: readonly string[];
}

/** The longest address that a link has, in characters. */
export const LONGEST_ADDRESS = 8192;

/** Characters that need no percent-encoding behind `#`, and read better without. */
const readable: Readonly<Record<string, string>> = {
  "%20": "+",
  "%2C": ",",
  "%3B": ";",
  "%3A": ":",
  "%2F": "/",
  "%5B": "[",
  "%5D": "]",
  "%7C": "|",
  "%3D": "=",
};

const encode = (value: string): string =>
  encodeURIComponent(value.toWellFormed()).replace(/%[0-9A-F]{2}/g, (code) => readable[code] ?? code);

function decode(written: string): string | undefined {
  try {
    return decodeURIComponent(written.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/**
 * Reads the part of an address behind `#`: `#/mask?m=causal&q=8`. It never throws.
 *
 * @example readAddress("#/mask?q=8").screen // => "mask"
 */
export function readAddress(hash: string): ReadAddress {
  const [path = "", ...rest] = hash
    .slice(0, 2 * LONGEST_ADDRESS)
    .replace(/^#?\/?/, "")
    .split("?");
  const parameters = new Map<string, string>();
  const broken: string[] = [];
  for (const part of rest.join("?").split("&").filter(Boolean)) {
    const [name = "", ...value] = part.split("=");
    const decoded = decode(value.join("="));
    if (decoded === undefined) broken.push(name);
    else parameters.set(name, decoded);
  }
  return { screen: path, parameters, broken };
}

/** A state that was read, and the names of parameters that say nothing: unknown ones, and values of no meaning. */
export interface ReadState<State> {
  readonly state: State;
  readonly problems: readonly string[];
}

/** Reads a screen's state; a field that is missing or makes no sense has its default. It never throws. */
export function readState<const Of extends Fields>(
  fields: Of,
  { parameters, broken }: Pick<ReadAddress, "parameters" | "broken">,
): ReadState<StateOf<Of>> {
  const problems = [...broken, ...[...parameters.keys()].filter((name) => !Object.hasOwn(fields, name))];
  const entries = Object.entries(fields).map(([name, field]) => {
    const written = parameters.get(name);
    const value: unknown = written === undefined ? field.fallback : field.read(written);
    if (value === undefined) problems.push(name);
    return [name, value ?? field.fallback];
  });
  return { state: Object.fromEntries(entries) as StateOf<Of>, problems };
}

/**
 * The address of a screen in a state. Defaults are left out.
 *
 * @example writeAddress("mask", { q: integer(8, 1, 256) }, { q: 9 }) // => "#/mask?q=9"
 */
export function writeAddress<const Of extends Fields>(screen: string, fields: Of, state: StateOf<Of>): string {
  const parts = Object.entries<Field<unknown>>(fields).flatMap(([name, field]) => {
    const written = field.write(state[name as keyof Of]);
    return written === field.write(field.fallback) ? [] : [`${name}=${encode(written)}`];
  });
  return `#/${screen}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}
