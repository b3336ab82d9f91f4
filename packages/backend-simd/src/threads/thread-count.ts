import { ConfigError } from "@trivium/core";

export const MOST_THREADS = 128;
/** More of them share the work of one step badly; whoever has the cores and wants them asks. */
const MOST_BY_DEFAULT = 32;

/**
 * How many threads to work with: the option, else `TRIVIUM_THREADS`, else one for each core, at most 32.
 *
 * @throws {ConfigError} `simd/threads` if that is not a whole number from 1 to 128.
 * @example threadCount(2) // => 2
 */
export function threadCount(option?: number): number {
  if (option !== undefined) return checked(option, "threads", String(option));
  const text = globalThis.process?.env?.TRIVIUM_THREADS;
  if (text !== undefined && text !== "") return checked(Number(text), "TRIVIUM_THREADS", text);
  return Math.min(globalThis.navigator?.hardwareConcurrency ?? 1, MOST_BY_DEFAULT);
}

function checked(count: number, name: string, got: string): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_THREADS) return count;
  throw new ConfigError("simd/threads", `${name} should be a whole number from 1 to ${MOST_THREADS}, got ${got}`, {
    details: { name, got },
  });
}
