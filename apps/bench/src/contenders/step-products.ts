import type { ProductRecord } from "@trivium/tensor";
import { type GemmWork, gemmWork, type Transposition } from "../gemm-work.ts";
import type { Engine } from "./engines.ts";

/** A matrix product as a training step makes it, with the seconds of each time. */
export interface StepProduct {
  readonly work: GemmWork;
  /** In one step. */
  readonly calls: number;
  readonly seconds: readonly number[];
}

/**
 * Makes steps and records their matrix products; one with an epilogue (bias, activation) is timed with it.
 *
 * @param step - makes so many steps.
 * @returns products by shape and transposition, and how many were left out as they multiply a batch of matrices.
 */
export async function recordProducts(
  { use, profile }: Engine,
  step: (times: number) => Promise<unknown>,
  times: number,
): Promise<{ readonly products: readonly StepProduct[]; readonly batched: number }> {
  await use();
  const session = profile();
  try {
    await step(times);
    const all = session.take().kernels.flatMap(({ products }) => products);
    const single = all.filter(({ batch }) => batch === 1);
    const groups = Map.groupBy(single, (product) => workOf(product).label);
    const products = [...groups.values()].map((records) => ({
      work: workOf(records[0] as ProductRecord),
      calls: records.length / times,
      seconds: records.map(({ durationMs }) => durationMs / 1000),
    }));
    return { products, batched: all.length - single.length };
  } finally {
    session.stop();
  }
}

const workOf = ({ m, n, k, transposeA, transposeB }: ProductRecord): GemmWork =>
  gemmWork({ m, n, k }, `${transposeA ? "t" : "n"}${transposeB ? "t" : "n"}` as Transposition);
