import { ConfigError, editDistance } from "@trivium/core";

/** A prediction and everything that counts as right, as sequences of symbols. */
export interface Scored<Symbol> {
  readonly prediction: readonly Symbol[];
  /** At least one. */
  readonly references: readonly (readonly Symbol[])[];
}

export interface ErrorRates {
  /**
   * Edits to the nearest reference ÷ its length, over all examples: the phoneme error rate where symbols are phonemes.
   * A share, and above 1 where predictions are longer than what they should be.
   */
  readonly per: number;
  /** Examples with any edit ÷ examples: the word error rate where an example is a word. */
  readonly wer: number;
  /** `1 − wer`. */
  readonly exactMatch: number;
  readonly examples: number;
}

/**
 * Symbol and sequence error rates against the nearest reference; of equally near ones, the shortest.
 *
 * @throws {ConfigError} `evaluator/references` if an example has no reference, or there is no example.
 * @example errorRates([{ prediction: ["K", "AH"], references: [["K", "AE"], ["K", "AH", "T"]] }]).wer // => 1
 */
export function errorRates<Symbol>(scored: readonly Scored<Symbol>[]): ErrorRates {
  if (scored.length === 0) throw new ConfigError("evaluator/references", "there is nothing to score");
  let [edits, symbols, wrong] = [0, 0, 0];
  for (const { prediction, references } of scored) {
    const nearest = nearestReference(prediction, references);
    edits += nearest.edits;
    symbols += nearest.length;
    wrong += nearest.edits > 0 ? 1 : 0;
  }
  const wer = wrong / scored.length;
  return { per: edits / Math.max(1, symbols), wer, exactMatch: 1 - wer, examples: scored.length };
}

function nearestReference<Symbol>(prediction: readonly Symbol[], references: readonly (readonly Symbol[])[]) {
  const distances = references.map((reference) => ({
    edits: editDistance(prediction, reference),
    length: reference.length,
  }));
  distances.sort((a, b) => a.edits - b.edits || a.length - b.length);
  const [nearest] = distances;
  if (!nearest) throw new ConfigError("evaluator/references", "an example has no reference to be scored against");
  return nearest;
}
