import { createRandom, type Random } from "@trivium/core";
import { createDataset, type Dataset } from "@trivium/data";
import type { TextPair } from "@trivium/features";
import { drawDistinct } from "./draw-distinct.ts";

/** A task whose examples are drawn. */
export interface GeneratedTask {
  readonly name: string;
  readonly tokenizer: Dataset["tokenizer"];
  readonly seed: number;
  readonly train: number;
  readonly validation: number;
  /** Number of test examples of each condition. */
  readonly test: number;
  /** Draws an example as the training part has them. */
  draw(random: Random): TextPair;
  /** The conditions of the test part, one after the other. A name such as `length 32` seeds a stream of its own. */
  readonly conditions: readonly { readonly name: string; draw(random: Random): TextPair }[];
}

/**
 * A dataset of drawn examples, no source twice. Training examples are drawn first: other test conditions or another
 * size of the test part leave the training and validation parts as they are, bit for bit.
 *
 * @throws {ConfigError} `tasks/too-few`.
 */
export function generateDataset(task: GeneratedTask): Dataset {
  const random = createRandom(task.seed).split(task.name);
  const taken = new Set<string>();
  const part = (name: string, count: number, draw: GeneratedTask["draw"]) =>
    drawDistinct(random.split(name), draw, { count, taken, what: `${task.name}, ${name}` });
  return createDataset({
    name: task.name,
    train: part("train", task.train, task.draw),
    validation: part("validation", task.validation, task.draw),
    test: task.conditions.flatMap(({ name, draw }) => part(`test ${name}`, task.test, draw)),
    tokenizer: task.tokenizer,
  });
}
