import type { MarkedBatch } from "./marked-batch.ts";

/** The labels of a batch, and those that their own predictors can see. */
export interface ShownLabels {
  /** The number of positions with loss whose label is a token of an example. */
  readonly labels: number;
  /** The number of these labels that are shown. */
  readonly shown: number;
}

/** Counts the positions with loss whose label is a token of an example. */
export function countLabels({ batch: { lossWeights }, tokens }: MarkedBatch): number {
  const predictions = tokens.flatMap((token) => token.predictions);
  return predictions.filter((at) => (lossWeights[at] as number) > 0).length;
}

/** A prediction, and a place in sight of it that holds its label. */
interface LabelInSight {
  /** The prediction's position in the predicting stream. */
  readonly position: number;
  readonly label: { readonly stream: string; readonly position: number };
}

/**
 * Tells whether a label stands behind its prediction in the predicting stream. No corruption shows a label there on
 * purpose: what it leaves in sight stands in the source, or in the prediction's own place.
 *
 * @example isMisplaced({ position: 3, label: { stream: "tokens", position: 4 } }, "tokens") // => true
 */
export const isMisplaced = ({ position, label }: LabelInSight, predicting: string): boolean =>
  label.stream === predicting && label.position > position;

/**
 * Tells whether no more labels are shown than an objective declares. A declared share is that of a random draw, so three
 * standard deviations above it are allowed; without a declaration no label may be shown.
 *
 * @example showsAsDeclared({ shows: 0.1 }, { labels: 100, shown: 12 }) // => true
 */
export function showsAsDeclared(
  { shows = 0 }: { readonly shows?: number | undefined },
  { labels, shown }: ShownLabels,
) {
  const expected = labels * shows;
  return shown <= expected + 3 * Math.sqrt(expected * (1 - shows));
}
