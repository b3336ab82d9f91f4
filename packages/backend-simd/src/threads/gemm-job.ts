import type { GemmInWorkers, GemmRequest } from "../backend/gemm-provider.ts";
import { type Cutting, shareOf } from "./cut-job.ts";
import { cuts } from "./share.ts";
import type { Job } from "./thread-pool.ts";
import { FLOPS } from "./work-estimate.ts";

/** Rows of a tile of the micro-kernel. */
const TILE_ROWS = 6;
/** Columns of two tiles: a cache line of C. */
const LINE = 16;

/**
 * A matrix product cut into shares along the longer side of C; undefined if it stays whole.
 *
 * Each share packs all of the other operand for itself, and the longer the side that it keeps, the more it has of it.
 */
export function gemmJob(
  request: GemmRequest,
  { values, scratchBytes }: GemmInWorkers,
  cutting: Cutting,
): Job | undefined {
  const { batch, m, n, k } = request;
  const byColumns = batch === 1 && n > m;
  const units = byColumns ? n : batch * m;
  if (units === 0) return undefined;
  const nanoseconds = (2 * m * n * k * batch) / FLOPS / units;
  // Whole matrices where there are enough of them.
  const granule = byColumns ? LINE : batch > 2 * cutting.threads ? m : TILE_ROWS;
  const share = shareOf(units, { nanoseconds, granule }, cutting);
  if (share >= units) return undefined;
  return {
    kernel: "gemm",
    cut: byColumns ? cuts.gemmColumns : cuts.range,
    units,
    share,
    scratch: scratchBytes,
    values,
  };
}
