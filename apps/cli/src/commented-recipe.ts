import { recipeJsonSchema } from "@trivium/compose";

/** The parts of a JSON Schema that a commented example shows. */
interface Field {
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Field>> | undefined;
}

/** Values that an example has in place of the defaults. */
export type Example = Readonly<Record<string, unknown>>;

/**
 * Returns a recipe with comments: each field that has a default with it, each other one as a comment that says what it
 * is for.
 *
 * @param example - values of fields without a default, or in its place.
 */
export const commentedRecipe = (example: Example): string =>
  `${objectText(recipeJsonSchema() as Field, example, "")}\n`;

function objectText({ properties = {} }: Field, example: Example, indent: string): string {
  const inner = `${indent}  `;
  const entries = Object.entries(properties).map(([name, field]) => ({
    name,
    field,
    value: example[name] ?? field.default,
  }));
  const last = entries.findLastIndex(({ value }) => value !== undefined);
  const lines = entries.flatMap(({ name, field, value }, at) => {
    if (value === undefined) return [explained(name, field)].filter(Boolean);
    const text = field.properties && isObject(value) ? objectText(field, value, inner) : JSON.stringify(value);
    const comment = field.description === undefined ? [] : [`// ${field.description}`];
    return [...comment, `"${name}": ${text}${at < last ? "," : ""}`];
  });
  return lines.length === 0 ? "{}" : `{\n${lines.map((line) => `${inner}${line}`).join("\n")}\n${indent}}`;
}

/** A field that the example leaves out. */
function explained(name: string, { description, properties }: Field): string {
  const parts = properties && `{ ${Object.keys(properties).join(", ")} }`;
  return description === undefined && parts === undefined ? "" : `// "${name}": ${description ?? parts}`;
}

const isObject = (value: unknown): value is Example =>
  typeof value === "object" && value !== null && !Array.isArray(value);
