import type { MarkedBatch, TokenPlace } from "@trivium/objectives";

/**
 * The kind of token that a prediction depends on: its own `"label"`, the label of a later prediction (`"future"`), a
 * token of another example (`"document"`), or `"padding"`.
 */
export type LeakKind = "label" | "future" | "document" | "padding";

/** One slot of an input, flat in `[B, L]`. */
export interface InputSlot {
  readonly stream: string;
  readonly at: number;
}

/** The positions that carry loss, flat in `[B, L]`. */
export const supervised = ({ batch: { lossWeights } }: MarkedBatch): number[] =>
  [...lossWeights.keys()].filter((at) => (lossWeights[at] as number) > 0);

/** Returns the kind of leak if a prediction depends on a slot, or undefined if it may depend on it. */
export function leakKinds(
  probe: MarkedBatch,
  predicting: string,
): (prediction: number, slot: InputSlot) => LeakKind | undefined {
  const { tokens, owners, batch } = probe;
  const key = ({ stream, at }: InputSlot) => `${stream} ${at}`;
  const tokenIn = new Map<string, TokenPlace>();
  for (const token of tokens) for (const place of token.inputs) tokenIn.set(key(place), token);
  return (prediction, slot) => {
    const owner = owners[slot.stream]?.[slot.at] ?? -1;
    if (owner < 0) return "padding";
    if (owner !== owners[predicting]?.[prediction]) return "document";
    const labelled = tokenIn.get(key(slot))?.predictions.filter((at) => (batch.lossWeights[at] as number) > 0) ?? [];
    if (labelled.includes(prediction)) return "label";
    return labelled.some((at) => at > prediction) ? "future" : undefined;
  };
}
