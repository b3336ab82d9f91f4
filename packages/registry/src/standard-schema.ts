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

export type StandardSchemaInput<S> = S extends StandardSchema<infer Input, unknown> ? Input : never;
export type StandardSchemaOutput<S> = S extends StandardSchema<never, infer Output> ? Output : never;

/** One line for each issue, with the field that it is about: `layers: expected a number`. */
export function describeIssues(issues: readonly StandardIssue[]): string {
  return issues
    .map(({ message, path }) => {
      const field = (path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
      return field ? `${field}: ${message}` : message;
    })
    .join("; ");
}
