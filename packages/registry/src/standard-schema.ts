import { ConfigError } from "@trivium/core";

/**
 * The part of the Standard Schema interface that the registry needs, so that zod, valibot or arktype all fit.
 *
 * @source https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

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
function describeIssues(issues: readonly StandardIssue[]): string {
  const described = issues.map(({ message, path = [] }) => {
    const field = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return field ? `${field}: ${message}` : message;
  });
  return described.join("; ");
}
