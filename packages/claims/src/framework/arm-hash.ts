import { ConfigError, type Json } from "@trivium/core";

/** Changes when what arms mean or store changes, so that no older result is taken for a new one. */
const version = 1;

/**
 * Returns the key of an arm's results: the SHA-256 of its configuration, of the computing environment and of the
 * format's version.
 *
 * @param environment - backend, kernel and precision; what another machine has otherwise and cannot choose is no part of it.
 * @returns 64 hexadecimal digits; the order of keys changes nothing.
 * @throws {ConfigError} `claims/configuration` if something in it is not JSON.
 * @example await armHash({ type: "training", seed: 1 }, { backend: "simd" }) // => "…"
 */
export async function armHash(
  configuration: Readonly<Record<string, Json>>,
  environment: Json = null,
): Promise<string> {
  const text = new TextEncoder().encode(canonicalJson({ version, environment, configuration }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JSON with its keys in order: equal values, equal texts. */
function canonicalJson(value: unknown, path = ""): string {
  if (Array.isArray(value)) return `[${value.map((one, at) => canonicalJson(one, `${path}[${at}]`)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field, path ? `${path}.${key}` : key)}`).join(",")}}`;
  }
  const isPlain = value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  if (isPlain) return JSON.stringify(value);
  throw new ConfigError("claims/configuration", `${path} is to be plain JSON, got ${String(value)}`);
}
