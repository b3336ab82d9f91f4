import type { LogitsProcessor } from "./logits-processor.ts";

/** Processors before those of a user's own. */
const first = [
  "repetition-penalty",
  "frequency-penalty",
  "presence-penalty",
  "no-repeat-n-gram",
  "no-repeat-source-n-gram",
  "forbidden-words",
  "minimum-length",
  "forced-tokens",
  "suppressed-tokens",
];

/** Processors behind them, which shape what is drawn. */
const last = ["temperature", "top-k", "top-p", "min-p", "typical-p"];

/** The place of a processor by its name. */
const placeOf = ({ name }: Pick<LogitsProcessor, "name">): number => {
  const place = first.indexOf(name);
  return place >= 0 ? place : first.length + 1 + last.indexOf(name);
};

/**
 * Returns processors in the order of Hugging Face transformers: penalties on repetition, forbidden sequences, the minimum
 * length, tokens that are forced, tokens that are suppressed, those of a user's own in their order, temperature, top-k,
 * top-p, min-p, typical-p.
 *
 * @source `GenerationMixin._get_logits_processor` of Hugging Face transformers 5.24
 * @example inReferenceOrder([topK({ k: 5 }), repetitionPenalty({ penalty: 1.1 })])[0].name // => "repetition-penalty"
 */
export const inReferenceOrder = <P extends Pick<LogitsProcessor, "name">>(processors: readonly P[]): P[] =>
  processors.toSorted((one, two) => placeOf(one) - placeOf(two));
