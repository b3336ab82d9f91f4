import { ConfigError } from "@trivium/core";

export const matmulPrecisions = ["f32", "bf16"] as const;

/** `f32`, or `bf16`: the inputs of large products are rounded to bfloat16; sums and everything else stay float32. */
export type MatmulPrecision = (typeof matmulPrecisions)[number];

/**
 * The precision that was asked for by the option, else by `TRIVIUM_PRECISION`, else `f32`.
 *
 * @throws {ConfigError} `simd/precision` if it is neither.
 * @example matmulPrecision("bf16") // => "bf16"
 */
export function matmulPrecision(option?: string): MatmulPrecision {
  const fromEnvironment = globalThis.process?.env?.TRIVIUM_PRECISION || undefined;
  const asked = option ?? fromEnvironment ?? "f32";
  if ((matmulPrecisions as readonly string[]).includes(asked)) return asked as MatmulPrecision;
  const name = option === undefined ? "TRIVIUM_PRECISION" : "matmulPrecision";
  throw new ConfigError("simd/precision", `${name} should be one of ${matmulPrecisions.join(", ")}, got ${asked}`);
}
