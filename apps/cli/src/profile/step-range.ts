import { ConfigError } from "@trivium/core";

/** Steps of a run, counted from 1, both ends included. */
export interface StepRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The steps that a text like `3-12` or `5` means.
 *
 * @throws {ConfigError} `cli/profile-steps` if it means none.
 * @example parseStepRange("3-12") // => { first: 3, last: 12 }
 */
export function parseStepRange(text: string): StepRange {
  const [, from = "", to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (first >= 1 && last >= first) return { first, last };
  throw new ConfigError("cli/profile-steps", `--profile-steps: steps such as 3-12, counted from 1, got "${text}"`);
}
