import { ConfigError, nearestName, TriviumError, UnsupportedError } from "@trivium/core";
import type { Mask, MaskOptions, MaskSpec } from "../mask.ts";
import type { MaskPlugins } from "../mask-plugin.ts";
import { createMaskResolver, type MaskResolver } from "./mask-resolver.ts";

/** The plugins beside this package's own that masks are resolved with. */
export interface JsonOptions {
  readonly plugins?: MaskPlugins | undefined;
}

/**
 * The mask's spec, checked to be readable by `maskFromJson` with the same plugins.
 *
 * @throws {UnsupportedError} `masks/not-serialisable` if no plugin makes a part of the mask.
 * @example maskToJson(causal({ offset: 1 })) // => { type: "causal", options: { offset: 1 }, children: undefined }
 */
export function maskToJson(mask: Mask, { plugins = [] }: JsonOptions = {}): MaskSpec {
  const resolver = createMaskResolver(plugins);
  const unknown = typesOf(mask.spec).find((type) => resolver.find(type) === undefined);
  if (unknown === undefined) return mask.spec;
  const found = `the mask "${unknown}" cannot be written: no mask plugin of that name was given`;
  const details = { name: unknown };
  throw new UnsupportedError("masks/not-serialisable", `${found}; pass it in "plugins"`, { details });
}

/**
 * The mask that a spec describes.
 *
 * @param json - the result of `maskToJson`, perhaps after `JSON.parse`.
 * @throws {ConfigError} `masks/json` if a type, field or value is wrong; the message gives the place.
 * @example maskFromJson({ type: "window", options: { left: 2 } }).visible(0, 0, 5, 3) // => true
 */
export function maskFromJson(json: unknown, { plugins = [] }: JsonOptions = {}): Mask {
  return read(json, "mask", createMaskResolver(plugins));
}

function read(json: unknown, place: string, resolver: MaskResolver): Mask {
  const { type, options, children } = readFields(json, place, resolver);
  const masks = children.map((child, at) => read(child, `${place}.children[${at}]`, resolver));
  try {
    return resolver.create(type, options, masks);
  } catch (error) {
    if (!TriviumError.is(error)) throw error;
    throw new ConfigError("masks/json", `${place}: ${error.message}`, { details: { place }, cause: error });
  }
}

const fields = ["type", "options", "children"];

interface Fields {
  readonly type: string;
  readonly options: MaskOptions;
  readonly children: readonly unknown[];
}

function readFields(json: unknown, place: string, { names, find }: MaskResolver): Fields {
  const { type, options = {}, children = [] } = (json ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof type !== "string" || find(type) === undefined) {
    const nearest = typeof type === "string" ? nearestName(type, names) : undefined;
    const hint = nearest ? `; did you mean "${nearest}"?` : "";
    const got = JSON.stringify(typeof type === "string" ? type : json);
    throw invalid(place, `a mask has a type, one of ${names.join(", ")}; got ${got}${hint}`);
  }
  const unknown = Object.keys(json as object).find((field) => !fields.includes(field));
  const known = `its fields are ${fields.join(", ")}`;
  if (unknown !== undefined) throw invalid(place, `a mask has no field "${unknown}"; ${known}`);
  const isRecord = typeof options === "object" && options !== null && !Array.isArray(options);
  if (!isRecord) throw invalid(place, `"options" should be a record, got ${JSON.stringify(options)}`);
  if (!Array.isArray(children)) throw invalid(place, `"children" should be a list, got ${JSON.stringify(children)}`);
  return { type, options: options as MaskOptions, children };
}

const invalid = (place: string, message: string) =>
  new ConfigError("masks/json", `${place}: ${message}`, { details: { place } });

const typesOf = ({ type, children = [] }: MaskSpec): string[] => [type, ...children.flatMap(typesOf)];
