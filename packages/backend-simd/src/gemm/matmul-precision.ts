import { ConfigError } from "@trivium/core";

export const matmulPrecisions = ["f32", "bf16"] as const;

/** `f32`, or `bf16`: the inputs of large products are rounded to bfloat16; sums and everything else stay float32. */
export type MatmulPrecision = (typeof matmulPrecisions)[number];

/** A precision as it is asked for: `auto` is the faster one on this machine. */
export type AskedPrecision = MatmulPrecision | "auto";

/** Every precision that can be asked for. */
export const askedPrecisions = [...matmulPrecisions, "auto"] as const;

/**
 * The precision that was asked for by the option, else by `TRIVIUM_PRECISION`, else `f32`.
 *
 * @throws {ConfigError} `simd/precision` for another word.
 * @example matmulPrecision("bf16") // => "bf16"
 */
export function matmulPrecision(option?: string): AskedPrecision {
  const fromEnvironment = globalThis.process?.env?.TRIVIUM_PRECISION || undefined;
  const asked = option ?? fromEnvironment ?? "f32";
  const known = askedPrecisions.find((precision) => precision === asked);
  if (known !== undefined) return known;
  const name = option === undefined ? "TRIVIUM_PRECISION" : "matmulPrecision";
  throw new ConfigError("simd/precision", `${name} should be one of ${askedPrecisions.join(", ")}, got ${asked}`);
}
