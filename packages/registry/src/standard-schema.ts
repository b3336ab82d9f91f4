import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ConfigError } from "@trivium/core";

/**
 * A schema of any library that has the Standard Schema interface: zod, valibot or arktype all fit.
 *
 * @source https://standardschema.dev
 */
export type StandardSchema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

/**
 * Validates `value` with `schema`.
 *
 * @param what - what is being validated, for the message: `mask "prefix"`.
 * @throws {ConfigError} `code`, one line that names each field that is wrong.
 */
export function validateWith<Output>(
  schema: StandardSchema<never, Output> | StandardSchema<unknown, Output>,
  value: unknown,
  { code, what }: { code: string; what: string },
): Output {
  const result = schema["~standard"].validate(value ?? {});
  const isAsync = `the schema of ${what} is asynchronous`;
  if (result instanceof Promise) throw new ConfigError("registry/async-schema", isAsync);
  const { issues } = result;
  if (issues) throw new ConfigError(code, `${what}: ${describeIssues(issues)}`, { details: { issues } });
  return result.value;
}

/** One line for each issue, with the field that it is about: `layers: expected a number`. */
function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  const described = issues.map(({ message, path = [] }) => {
    const field = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return field ? `${field}: ${message}` : message;
  });
  return described.join("; ");
}
