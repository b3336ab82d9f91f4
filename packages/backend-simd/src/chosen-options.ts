import { z } from "zod";
import type { SimdOptions } from "./backend/simd-options.ts";
import type { GemmPlugin } from "./gemm/choose-gemm.ts";
import { askedPrecisions } from "./gemm/matmul-precision.ts";
import { MOST_THREADS } from "./threads/thread-count.ts";

const isPlugin = (value: unknown): value is GemmPlugin => (value as Partial<GemmPlugin> | null)?.kind === "gemm";

/** The options that apps choose by name. */
export const chosenOptionsSchema = z.strictObject({
  threads: z.int().min(1).max(MOST_THREADS).optional().describe("Threads, the main one included"),
  gemm: z
    .union([z.string().min(1), z.custom<GemmPlugin>(isPlugin, "expected a name or a plugin of the kind gemm")])
    .optional()
    .describe("What multiplies large matrices"),
  matmulPrecision: z
    .enum(askedPrecisions)
    .optional()
    .describe("bf16 rounds the inputs of large products; auto does so where it is faster"),
});

export type ChosenOptions = Pick<SimdOptions, "threads" | "gemm" | "matmulPrecision">;

/** The options in the order of their names, as a part of a backend's name; empty if there are none. */
export function describeOptions(options: ChosenOptions): string {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${typeof value === "object" ? value.name : value}`)
    .join(",");
}
