import { createRandom } from "@trivium/core";
import { type Example, type Features, toBatch } from "@trivium/features";
import { tf } from "@trivium/tensor";
import { reservedSpecials, type SpecialTokens } from "@trivium/text";
import { describe, expect, test } from "vitest";
import type { TextCoder } from "./feature-context.ts";
import type { Objective } from "./objective.ts";

export { type DescribeCorruptionOptions, describeCorruption } from "./testing/describe-corruption.ts";
export { taskSpecials } from "./testing/task-specials.ts";

/** The examples and the backend of the conformance suite of objectives. */
export interface DescribeObjectiveOptions {
  /** Examples to convert. Default: a pair and a text. */
  readonly examples?: readonly Example[] | undefined;
  /** The special tokens of the vocabulary. Default: those of our own tokenizers. */
  readonly special?: SpecialTokens | undefined;
  /** The tokenizer, for corruptions of text. Default: none. */
  readonly tokenizer?: TextCoder | undefined;
  /** Makes a tfjs backend current; losses run on it. */
  readonly activate: () => Promise<void>;
}

const defaults: readonly Example[] = [{ source: [10, 11, 12], target: [20, 21] }, { tokens: [10, 11, 12, 13, 14] }];

/**
 * The conformance suite of objectives: the properties that a trainer and an evaluator rely on.
 *
 * @example describeObjective(prefixLm(), { activate: async () => void (await tf.setBackend("cpu")) });
 */
export function describeObjective(
  objective: Objective,
  { examples = defaults, special = reservedSpecials(), tokenizer, activate }: DescribeObjectiveOptions,
): void {
  const context = (seed = 1) => ({ special, tokenizer, random: createRandom(seed) });
  const predicting = ({ streams }: Features) => streams[objective.streams.at(-1) as string] as readonly number[];

  describe(`objective ${objective.name}`, () => {
    for (const [index, example] of examples.entries()) {
      test(`example ${index}: its features have the streams that it declares`, () => {
        expect(Object.keys(objective.features(example, context()).streams)).toEqual([...objective.streams]);
        if (objective.prompt)
          expect(Object.keys(objective.prompt(example, context()).streams)).toEqual([...objective.streams]);
      });

      test(`example ${index}: a target and a weight stand at every position, and some weight is positive`, () => {
        const features = objective.features(example, context());
        expect(features.targets).toHaveLength(predicting(features).length);
        expect(features.lossWeights).toHaveLength(predicting(features).length);
        expect(Math.max(...features.lossWeights)).toBeGreaterThan(0);
        expect(Math.min(...features.lossWeights)).toBeGreaterThanOrEqual(0);
      });

      test(`example ${index}: the same random stream gives the same features`, () => {
        expect(objective.features(example, context(5))).toEqual(objective.features(example, context(5)));
      });
    }

    test("its loss is a finite sum over the supervised tokens, larger for worse logits", async () => {
      await activate();
      const batch = toBatch(examples.map((example) => objective.features(example, context())));
      const lossOf = (logit: number) =>
        tf.tidy(() => {
          const states = tf.oneHot(tf.tensor1d(batch.targets, "int32"), 32) as tf.Tensor2D;
          const weight = tf.mul(tf.eye(32), logit) as tf.Tensor2D;
          const { sum, tokens } = objective.loss({ states, head: { weight, transpose: false } }, batch);
          expect(sum.rank).toBe(0);
          return { value: sum.dataSync()[0] as number, tokens };
        });
      const [good, bad] = [lossOf(5), lossOf(-5)];
      expect(good.tokens).toBe(batch.supervisedTokens);
      expect(Number.isFinite(good.value)).toBe(true);
      expect(bad.value).toBeGreaterThan(good.value);
    });
  });
}
