import type { z } from "zod";

type Shape = Readonly<Record<string, z.ZodType>>;

/** The fields of a shape, all optional and without their defaults. */
export type WithoutDefaults<S extends Shape> = {
  [Key in keyof S]: z.ZodOptional<S[Key] extends z.ZodDefault<infer Inner extends z.ZodType> ? Inner : S[Key]>;
};

/**
 * The fields of a shape as a user may give them: what is not given stays absent, so that whoever owns the defaults can
 * tell it apart. The descriptions still name them.
 *
 * @example withoutDefaults({ width: z.int().default(128) }).width.parse(undefined) // => undefined
 */
export function withoutDefaults<S extends Shape>(shape: S): WithoutDefaults<S> {
  return Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, withoutDefault(field)])) as never;
}

function withoutDefault(field: z.ZodType): z.ZodType {
  const { description = "" } = field;
  if (!isDefault(field)) return field.optional().describe(description);
  const note = `(default: ${JSON.stringify(field.parse(undefined)).replaceAll('"', "")})`;
  return (field.unwrap() as z.ZodType).optional().describe(`${description} ${note}`.trim());
}

const isDefault = (field: z.ZodType): field is z.ZodDefault => field.def.type === "default";
