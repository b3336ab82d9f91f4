import { ConfigError } from "@trivium/core";

/** A whole number from a flag. @throws {ConfigError} `cli/count` */
export function parseCount(flag: string, value: unknown, least = 1): number {
  const count = Number(value);
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new ConfigError("cli/count", `--${flag} is a whole number from ${least}, got ${value}`);
}

/** The size of a beam from a flag: nothing where it was not given. @throws {ConfigError} `cli/count` */
export const parseBeam = (value: unknown): { beam?: number } =>
  value === undefined ? {} : { beam: parseCount("beam", value) };
