import { type StatelessProcessor, stateless } from "./logits-processor.ts";

/** Forbids all ids but the first: a model may have more than its tokenizer, to fill up a matrix. */
export const firstIds = (size: number): StatelessProcessor =>
  stateless("first-ids", (logits) => void logits.fill(Number.NEGATIVE_INFINITY, size));
