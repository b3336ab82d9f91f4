import { pairFlops } from "@trivium/evaluator";
import { countModelMatrices, countModelParameters, resolveConfig } from "@trivium/model";
import type { ClaimArm } from "../framework/claim.ts";
import { cacheBytes } from "./cache-bytes.ts";
import { type SizeShape, type SizeVariantName, sizeVariants } from "./size-variants.ts";

/** The parameters and costs of one architecture at one size. */
export type SizeCount = {
  readonly shape: string;
  readonly variant: SizeVariantName;
  /** Layers of each stack. */
  readonly layers: number;
  readonly feedForward: number;
  readonly parameters: number;
  /** Without norms and biases: what papers print. */
  readonly matrices: number;
  /** FLOPs of training on one pair. */
  readonly trainingFlops: number;
  readonly cacheBytes: number;
};

/** Counts parameters, FLOPs and cache bytes of each variant of each size. Exact: no tensor is made. */
export const sizeCounts = (shapes: readonly SizeShape[]): ClaimArm<SizeCount[]> => ({
  name: "parameters and FLOPs",
  configuration: { type: "parameters-and-compute/counts", version: 1, shapes: shapes as never },
  async *run(context) {
    const counts: SizeCount[] = [];
    for (const [index, shape] of shapes.entries()) {
      for (const { name, architecture, config } of sizeVariants(context, shape)) {
        const { layers, feedForward } = resolveConfig(architecture, config);
        counts.push({
          shape: shape.name,
          variant: name,
          layers: layers as number,
          feedForward,
          parameters: countModelParameters(architecture, config),
          matrices: countModelMatrices(architecture, config),
          trainingFlops: pairFlops(architecture, config, shape.lengths),
          cacheBytes: cacheBytes(architecture, config, shape.lengths),
        });
      }
      yield { done: index + 1, total: shapes.length };
    }
    return { numbers: counts };
  },
});
