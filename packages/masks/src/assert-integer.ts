import { ConfigError } from "@trivium/core";

/**
 * Checks that a value is a safe integer of at least `least`.
 *
 * @throws {ConfigError} `code`, naming the value, if it is not.
 */
export function assertInteger(code: string, name: string, value: unknown, least = Number.NEGATIVE_INFINITY): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  const bound = least === Number.NEGATIVE_INFINITY ? "" : ` of at least ${least}`;
  const got = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  throw new ConfigError(code, `${name} should be an integer${bound}, got ${got}`, { details: { [name]: value } });
}
