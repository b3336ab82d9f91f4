import { ConfigError } from "@trivium/core";

const MOST_THREADS = 128;

/**
 * How many threads to work with: the option, else `TRIVIUM_THREADS`, else one: threads are asked for until they have
 * been measured on quiet machines.
 *
 * @throws {ConfigError} `simd/threads` if that is not a whole number from 1 to 128.
 * @example threadCount(2) // => 2
 */
export function threadCount(option?: number): number {
  if (option !== undefined) return checked(option, "threads", String(option));
  const text = globalThis.process?.env?.TRIVIUM_THREADS;
  if (text !== undefined && text !== "") return checked(Number(text), "TRIVIUM_THREADS", text);
  return 1;
}

function checked(count: number, name: string, got: string): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_THREADS) return count;
  throw new ConfigError("simd/threads", `${name} should be a whole number from 1 to ${MOST_THREADS}, got ${got}`, {
    details: { name, got },
  });
}
