import type { PairLengths } from "@trivium/evaluator";
import { type Architecture, forwardFlops, type ModelOptions } from "@trivium/model";
import { countVisiblePairs } from "@trivium/probes";
import type { ClaimArm } from "../framework/claim.ts";

/** The costs of rows of one length and prefix in each architecture. */
export type PairCount = {
  readonly length: number;
  /** The share of the row that is source. */
  readonly share: number;
  /** Visible pairs of one layer, by architecture. */
  readonly pairs: Readonly<Record<string, number>>;
  /** FLOPs of one training step on one row: attention over visible pairs alone, and all. */
  readonly attention: Readonly<Record<string, number>>;
  readonly total: Readonly<Record<string, number>>;
};

export interface PairCountOptions {
  readonly architectures: readonly string[];
  readonly lengths: readonly number[];
  readonly shares: readonly number[];
  /** Length and vocabulary are those of the rows. */
  readonly model: Omit<ModelOptions, "length">;
}

/** Counts visible pairs and FLOPs of training for rows of several lengths and prefixes. Exact: no tensor is made. */
export const pairCounts = ({ architectures, lengths, shares, model }: PairCountOptions): ClaimArm<PairCount[]> => ({
  name: "visible pairs",
  configuration: { type: "attention-cost/pairs", version: 1, architectures, lengths, shares, model: model as never },
  async *run(context) {
    const counts: PairCount[] = [];
    const total = lengths.length * shares.length;
    for (const length of lengths) {
      for (const share of shares) {
        const source = Math.min(length - 1, Math.max(1, Math.round(share * length)));
        const parts = { source, target: length - source };
        const of = (measure: (name: string) => number) =>
          Object.fromEntries(architectures.map((name) => [name, measure(name)]));
        const flops = (name: string) => trainingFlopsOf(context.architecture(name), { ...model, length }, parts);
        counts.push({
          length,
          share,
          pairs: of((name) => countVisiblePairs({ architecture: context.architecture(name), ...parts }).visible),
          attention: of((name) => flops(name).attention),
          total: of((name) => flops(name).total),
        });
        yield { done: counts.length, total };
      }
    }
    return { numbers: counts };
  },
});

/** A backward pass multiplies each matrix twice. */
function trainingFlopsOf(
  architecture: Architecture,
  model: ModelOptions,
  { source, target }: PairLengths,
): { attention: number; total: number } {
  const [first, second] = architecture.streams;
  const lengths = second ? { [first as string]: source, [second]: target } : { [first as string]: source + target };
  const { attention, total } = forwardFlops(architecture, model, { lengths, prefixLength: source });
  return { attention: 3 * attention, total: 3 * total };
}
