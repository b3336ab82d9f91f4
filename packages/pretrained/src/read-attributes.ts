import { describeIssue } from "@trivium/core";
import type { z } from "zod";
import { commonAttributes, generationAttributes } from "./common-attributes.ts";
import type { FamilyRecord, ReadingOptions, Refuse } from "./family-record.ts";
import { type ForeignConfig, refusing } from "./foreign-config.ts";

/**
 * Reads the attributes of a configuration: each is one that the family handles, ignored by name, equal to the one value
 * that it may have, or refused with all others of its kind.
 *
 * @throws {CheckpointError} `pretrained/config` for a value of the wrong form, `pretrained/attributes` with the list of
 *   attributes that are not handled.
 */
export function readAttributes<Attributes extends z.ZodObject>(
  { name, attributes, ...family }: FamilyRecord<Attributes>,
  config: ForeignConfig,
  { place, ignore }: ReadingOptions,
): { values: z.output<Attributes>; refuse: Refuse } {
  const fixed = { ...commonAttributes.fixed, ...family.fixed };
  const ignored = [...commonAttributes.ignored, ...generationAttributes, ...(family.ignored ?? [])];
  const values = handleAttributes({ name: `the family "${name}"`, attributes, fixed, ignored }, config, {
    place,
    ignore,
  });
  const refuse = refusing(place);
  const remedy = "correct it; if it is right, a family of your own can read it (--plugin FILE)";
  return { values, refuse: (problem) => refuse(`${problem}; ${remedy}`) };
}

/** Attributes by what they mean to a reader. */
type HandledAttributes<Attributes extends z.ZodObject> = Pick<
  FamilyRecord<Attributes>,
  "name" | "attributes" | "fixed" | "ignored"
>;

/**
 * Reads attributes of which each is handled, ignored, fixed or refused.
 *
 * @param reading.code - the code of all errors. Default: `"config"`, and `"attributes"` for those that are not handled.
 * @throws {CheckpointError} `pretrained/CODE`
 */
export function handleAttributes<Attributes extends z.ZodObject>(
  { name, attributes, fixed = {}, ignored = [] }: HandledAttributes<Attributes>,
  config: ForeignConfig,
  { place, ignore, code }: ReadingOptions & { readonly code?: string | undefined },
): z.output<Attributes> {
  const silent = new Set([...ignored, ...ignore]);
  const unhandled: string[] = [];
  for (const [key, value] of Object.entries(config)) {
    if (Object.hasOwn(attributes.shape, key) || silent.has(key)) continue;
    if (Object.hasOwn(fixed, key) ? isSame(value, fixed[key]) : value === null) continue;
    const wanted = Object.hasOwn(fixed, key) ? `, where ${name} has ${JSON.stringify(fixed[key])}` : "";
    unhandled.push(`${key} (${shown(value)}${wanted})`);
  }
  if (unhandled.length > 0) {
    const remedy = "where they change no number, name them in ignore (--ignore-attribute)";
    refusing(
      place,
      code ?? "attributes",
    )(`attributes that ${name} does not handle: ${unhandled.join(", ")}; ${remedy}`);
  }
  const known = Object.keys(attributes.shape).filter((key) => Object.hasOwn(config, key));
  const read = attributes.safeParse(Object.fromEntries(known.map((key) => [key, config[key]])));
  if (read.success) return read.data;
  const [issue] = read.error.issues as [z.core.$ZodIssue];
  return refusing(place, code)(`${describeIssue(issue, config)}; correct it, or download the file again`);
}

const isSame = (value: unknown, wanted: unknown): boolean =>
  value === null || value === wanted || (isEmpty(value) && isEmpty(wanted));

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

/** A value in a message; what is in objects is not shown, however deep they are. */
const shown = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Array.isArray(value)
      ? "[…]"
      : "{…}"
    : JSON.stringify(value).slice(0, 40);
