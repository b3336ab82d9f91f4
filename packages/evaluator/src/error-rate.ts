import { ConfigError, editDistance } from "@trivium/core";

/** A prediction and everything that counts as right, as sequences of symbols. */
export interface Scored<Symbol> {
  readonly prediction: readonly Symbol[];
  /** Accepted sequences; at least one. */
  readonly references: readonly (readonly Symbol[])[];
}

/** The symbol that a vocabulary has for what it lacks. */
export interface UnknownSymbol<Symbol> {
  /** A symbol that is wrong wherever it is predicted: it says nothing of what it stands for. Default: none. */
  readonly unknown?: Symbol | undefined;
}

export interface ErrorRates {
  /**
   * Edits to the nearest reference ÷ its length, over all examples: the phoneme error rate where symbols are phonemes,
   * the character error rate where they are characters. A share, and above 1 where predictions are longer than what
   * they should be.
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
export const errorRates = <Symbol>(
  scored: readonly Scored<Symbol>[],
  options: UnknownSymbol<Symbol> = {},
): ErrorRates => ratesOf(scored.map((one) => nearestReference(one, options)));

/** Edit distance of a prediction to its nearest reference. */
export interface Nearest {
  readonly edits: number;
  /** Symbols of the nearest reference. */
  readonly symbols: number;
}

/** @throws {ConfigError} `evaluator/references` if there is no example. */
export function ratesOf(nearest: readonly Nearest[]): ErrorRates {
  if (nearest.length === 0) throw new ConfigError("evaluator/references", "there is nothing to score");
  const total = (count: (one: Nearest) => number) => nearest.reduce((sum, one) => sum + count(one), 0);
  const wer = total(({ edits }) => (edits > 0 ? 1 : 0)) / nearest.length;
  const per =
    total(({ edits }) => edits) /
    Math.max(
      1,
      total(({ symbols }) => symbols),
    );
  return { per, wer, exactMatch: 1 - wer, examples: nearest.length };
}

/** @throws {ConfigError} `evaluator/references` if there is no reference. */
export function nearestReference<Symbol>(
  { prediction, references }: Scored<Symbol>,
  options: UnknownSymbol<Symbol> = {},
): Nearest {
  const said = withoutUnknown(prediction, options);
  const distances = references.map((reference) => ({
    edits: editDistance<unknown>(said, reference),
    symbols: reference.length,
  }));
  distances.sort((a, b) => a.edits - b.edits || a.symbols - b.symbols);
  const [nearest] = distances;
  if (!nearest) throw new ConfigError("evaluator/references", "an example has no reference to be scored against");
  return nearest;
}

const unsaid = Symbol("unsaid");

/** A prediction in which the unknown symbol equals no symbol of a reference. */
export const withoutUnknown = <Symbol>(
  prediction: readonly Symbol[],
  { unknown }: UnknownSymbol<Symbol>,
): readonly unknown[] =>
  unknown === undefined ? prediction : prediction.map((symbol) => (symbol === unknown ? unsaid : symbol));
