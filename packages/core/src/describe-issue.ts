/** A finding of a schema, in the form that zod gives. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: unknown;
  readonly values?: readonly unknown[] | undefined;
  readonly keys?: readonly string[] | undefined;
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object of fields",
  record: "an object of fields",
};

/**
 * Returns a finding of a schema as words: the field, what it takes, and what stands there.
 *
 * @param value - the whole value that the schema looked at.
 * @example describeIssue({ code: "invalid_type", expected: "int", path: ["a", 0], message: "" }, { a: ["x"] }) // => "a.0: expected a whole number, got \"x\""
 */
export function describeIssue(issue: SchemaIssue, value: unknown): string {
  const at = issue.path.map(String).join(".");
  const [key] = issue.keys ?? [];
  const got = issue.path.reduce<unknown>((inner, name) => (inner as never)?.[name], value);
  const problem =
    key === undefined ? `expected ${expectedOf(issue)}, got ${shown(got)}` : `there is no field ${JSON.stringify(key)}`;
  return at === "" ? problem : `${at}: ${problem}`;
}

function expectedOf({ code, message, expected, origin, values, ...bounds }: SchemaIssue): string {
  if (code === "invalid_type") return kinds[String(expected)] ?? String(expected);
  if (code === "invalid_value") return (values ?? []).map((one) => JSON.stringify(one)).join(" or ");
  const isCounted = origin === "string" || origin === "array";
  const number = isCounted ? "a length" : "a number";
  if (code === "too_small") return `${number} ${bounds.inclusive ? "from" : "above"} ${String(bounds.minimum)}`;
  if (code === "too_big") return `${number} ${bounds.inclusive ? "up to" : "below"} ${String(bounds.maximum)}`;
  // Words of the schema's own; those of zod begin with this one.
  return message.startsWith("Invalid") ? "another form" : message;
}

/** A value in a message; what is in objects is not shown, however deep they are. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "[…]";
  if (typeof value === "object" && value !== null) return "{…}";
  return typeof value === "string"
    ? JSON.stringify(value.slice(0, 40))
    : value === undefined
      ? "nothing"
      : String(value);
}
