import { z } from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The values that a setting takes, in words.
 *
 * @example describeValues(z.int().positive()) // => "a whole number from 1"
 */
export const describeValues = (field: z.ZodType): string =>
  inWords(z.toJSONSchema(field, { io: "input", unrepresentable: "any" }));

function inWords(schema: JsonSchema): string {
  const { anyOf, const: only, enum: values, type } = schema;
  if (anyOf) return anyOf.map((option) => inWords(option as JsonSchema)).join(", or ");
  if (only !== undefined) return String(only);
  if (values) return values.join(" or ");
  if (type === "integer" || type === "number") return describeNumber(schema);
  if (type === "boolean") return "true or false";
  if (type === "string") return "some text";
  if (type === "array") return "a list";
  if (type === "object") return `an object, such as ${examplesOf(schema).map(asJson).join(" or ")}`;
  return "another value";
}

const asJson = (value: unknown): string => JSON.stringify(value);

/** The examples of a schema; else one of its default, or of its first field. */
function examplesOf({ examples, default: usual, properties = {}, required = [], type }: JsonSchema): unknown[] {
  if (examples) return examples;
  if (usual !== undefined && type !== "object") return [usual];
  const names = Object.keys(properties);
  const first = names.find((key) => required.includes(key)) ?? names[0];
  if (first !== undefined) return [{ [first]: examplesOf(properties[first] as JsonSchema)[0] }];
  if (type === "object") return [{ source: 1 }];
  return [type === "integer" || type === "number" ? 1 : "…"];
}

function describeNumber({ type, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): string {
  const isWhole = type === "integer";
  const from = minimum ?? (isWhole && exclusiveMinimum !== undefined ? Number(exclusiveMinimum) + 1 : undefined);
  const bounds = [
    ["from", from],
    ["above", from === undefined ? exclusiveMinimum : undefined],
    ["to", maximum],
    ["below", exclusiveMaximum],
  ] as const;
  const said = bounds.filter(([, bound]) => bound !== undefined && Math.abs(Number(bound)) < Number.MAX_SAFE_INTEGER);
  return [isWhole ? "a whole number" : "a number", ...said.map(([word, bound]) => `${word} ${bound}`)].join(" ");
}
