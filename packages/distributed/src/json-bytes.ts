import { readStringified, stringifyJson } from "@trivium/core";

/** Writes a value as JSON in UTF-8. Infinities and NaN survive. */
export const bytesOfJson = (value: unknown): Uint8Array => new TextEncoder().encode(stringifyJson(value) ?? "null");

/** Reads what {@link bytesOfJson} wrote. The type is an agreement between the ranks, which run the same program. */
export const jsonOfBytes = <Value>(bytes: Uint8Array): Value =>
  readStringified(new TextDecoder().decode(bytes)) as Value;
