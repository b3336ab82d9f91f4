import type { Dataset } from "@trivium/data";
import type { HeldOut } from "@trivium/evaluator";
import type { Example } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";

/** The data that an arm trains on and is scored on. */
export interface TrainingData {
  readonly dataset: Dataset;
  readonly tokenizer: PairTokenizer;
  readonly train: readonly Example[];
  readonly heldOut: readonly HeldOut[];
}
