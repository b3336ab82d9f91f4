import { ConfigError, nearestName, TriviumError, UnsupportedError } from "@trivium/core";
import { and } from "../algebra/and.ts";
import { not } from "../algebra/not.ts";
import { or } from "../algebra/or.ts";
import { packed } from "../algebra/packed.ts";
import { positioned } from "../algebra/positioned.ts";
import type { Mask, MaskPlugins, MaskSpec } from "../mask.ts";
import { createMaskResolver, type MaskResolver } from "../plugins.ts";
import { causal } from "../primitives/causal.ts";
import { documents } from "../primitives/documents.ts";
import { full } from "../primitives/full.ts";
import { padding } from "../primitives/padding.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";

/** The names that custom masks are resolved with. */
export interface JsonOptions {
  readonly plugins?: MaskPlugins;
}

/**
 * The mask's spec, checked to be something that `maskFromJson` can read with the same plugins.
 *
 * @throws {UnsupportedError} `masks/not-serialisable` if it holds a custom mask that no plugin makes, or whose
 *   options are not plain JSON.
 * @example maskToJson(causal()) // => { type: "causal", offset: 0 }
 */
export function maskToJson(mask: Mask, { plugins = [] }: JsonOptions = {}): MaskSpec {
  const resolver = createMaskResolver(plugins);
  for (const { name, options } of customsOf(mask.spec)) {
    if (!resolver.has(name)) {
      throw notSerialisable(name, "no mask plugin of that name was given", `pass it in "plugins"`);
    }
    if (!isPlainJson(options)) throw notSerialisable(name, "its options are not plain JSON", "use numbers and lists");
  }
  return mask.spec;
}

/**
 * The mask that a spec describes.
 *
 * @param json - what `maskToJson` returned, perhaps after `JSON.parse`.
 * @throws {ConfigError} `masks/json` if a type, field or value is wrong; the message gives the place.
 * @throws {UnknownPluginError} `registry/unknown-name` if a custom mask's plugin is not there.
 * @example maskFromJson({ type: "window", left: 2, right: 0 }).visible(0, 0, 5, 3) // => true
 */
export function maskFromJson(json: unknown, { plugins = [] }: JsonOptions = {}): Mask {
  return read(json, "mask", createMaskResolver(plugins));
}

type Type = MaskSpec["type"];
type Fields = Readonly<Record<string, unknown>>;
type ReadChild = (json: unknown, field: string) => Mask;
/** Per type its fields (`?` marks an optional one) and how to make it; constructors check the values. */
type Readers = {
  readonly [T in Type]: readonly [
    fields: string,
    make: (spec: Extract<MaskSpec, { readonly type: T }>, child: ReadChild, resolver: MaskResolver) => Mask,
  ];
};

const readers: Readers = {
  full: ["", () => full()],
  causal: ["offset", causal],
  prefix: ["lengths", prefix],
  padding: ["lengths", padding],
  window: ["left right", window],
  documents: ["ids keyIds?", documents],
  custom: ["name options?", ({ name, options }, _child, resolver) => resolver.create(name, options)],
  and: ["masks", ({ masks }, child) => and(...readList(masks, child))],
  or: ["masks", ({ masks }, child) => or(...readList(masks, child))],
  not: ["mask", ({ mask }, child) => not(child(mask, "mask"))],
  packed: ["inner ids keyIds?", ({ inner, ids, keyIds }, child) => packed(child(inner, "inner"), ids, keyIds)],
  positioned: ["inner queries keys", ({ inner, ...positions }, child) => positioned(child(inner, "inner"), positions)],
};

function read(json: unknown, place: string, resolver: MaskResolver): Mask {
  const spec = readFields(json, place);
  const child: ReadChild = (inner, field) => read(inner, `${place}.${field}`, resolver);
  try {
    return readers[(spec as unknown as MaskSpec).type][1](spec as never, child, resolver);
  } catch (error) {
    if (TriviumError.is(error, "masks/json") || !TriviumError.is(error) || error.code.startsWith("registry/"))
      throw error;
    throw new ConfigError("masks/json", `${place}: ${error.message}`, { details: { place }, cause: error });
  }
}

function readFields(json: unknown, place: string): Fields {
  const types = Object.keys(readers) as Type[];
  const type = (json as { type?: unknown } | null | undefined)?.type;
  if (typeof type !== "string" || !types.includes(type as Type)) {
    const nearest = typeof type === "string" ? nearestName(type, types) : undefined;
    const hint = nearest ? `; did you mean "${nearest}"?` : "";
    const got = JSON.stringify(typeof type === "string" ? type : json);
    throw invalid(place, `a mask has a type, one of ${types.join(", ")}; got ${got}${hint}`);
  }
  const fields = readers[type as Type][0].split(" ").filter(Boolean);
  const known = ["type", ...fields.map((field) => field.replace("?", ""))];
  const unknown = Object.keys(json as object).find((field) => !known.includes(field));
  if (unknown !== undefined)
    throw invalid(place, `${type} has no field "${unknown}"; its fields are ${known.join(", ")}`);
  const missing = fields.find((field) => !field.endsWith("?") && !(field in (json as object)));
  if (missing !== undefined) throw invalid(place, `${type} needs the field "${missing}"`);
  return json as Fields;
}

function readList(masks: unknown, child: ReadChild): Mask[] {
  if (!Array.isArray(masks))
    throw new ConfigError("masks/masks", `"masks" should be a list, got ${JSON.stringify(masks)}`);
  return masks.map((one, index) => child(one, `masks[${index}]`));
}

const invalid = (place: string, message: string) =>
  new ConfigError("masks/json", `${place}: ${message}`, { details: { place } });

const notSerialisable = (name: string, why: string, remedy: string) =>
  new UnsupportedError("masks/not-serialisable", `the custom mask "${name}" cannot be written: ${why}; ${remedy}`, {
    details: { name },
  });

function customsOf(spec: MaskSpec): Extract<MaskSpec, { type: "custom" }>[] {
  if (spec.type === "custom") return [spec];
  if ("masks" in spec) return spec.masks.flatMap(customsOf);
  if ("mask" in spec) return customsOf(spec.mask);
  return "inner" in spec ? customsOf(spec.inner) : [];
}

/** Whether JSON gives the value back as it was. */
function isPlainJson(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every((one) => one !== undefined && isPlainJson(one));
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlainJson);
}
