import type { Random } from "@trivium/core";
import { type Dataset, dataset } from "@trivium/data";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { inContextOptions, inContextTask, type Point } from "./in-context-task.ts";

const relations = {
  linear: (product: number) => product,
  sigmoid: (product: number) => 1 / (1 + Math.exp(-product)) - 0.5,
} as const;

const schema = z.strictObject({
  ...inContextOptions,
  /** `y = w·x`, or `y = sigmoid(w·x) − 1/2`. */
  relation: z.enum(["linear", "sigmoid"]).default("linear"),
  /** Answers are cut off at ± this. */
  limit: z.int().min(1).default(3),
});

/**
 * In-context regression **in text form**: `x1 y1 x2 y2 … xq ?` to `yq`, with `y = w·x` or `y = sigmoid(w·x) − 1/2`.
 *
 * Each source has its own `w ~ N(0, 1)` in every dimension and inputs uniform on [−1, 1]. Numbers are tokens: the whole
 * number n stands for n / `resolution`, in inputs (`dimension` tokens) and answers (one token, rounded, cut off at
 * ±`limit`) alike. **This is not the set-up of Ding et al.**, who give the model one vector token for each example, x and
 * y together; here x and y are tokens of their own, and how they belong together must be learned first.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if so many questions do not exist.
 * @source after Ding et al. 2024, "CausalLM is not optimal for in-context learning", https://arxiv.org/abs/2308.06912
 * @example (await inContextRegression({ dimension: 1, examples: 4 })).train.length // => 10000
 */
export async function inContextRegression(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "task in-context-regression" });
  const { resolution, dimension } = chosen;
  const most = chosen.limit * resolution;
  const answer = (y: number) => String(Math.max(-most, Math.min(most, Math.round(y * resolution))));
  return inContextTask({
    ...chosen,
    name: "in-context-regression",
    answers: Array.from({ length: 2 * most + 1 }, (_, at) => String(at - most)),
    drawRule(random: Random) {
      const weights = Array.from({ length: dimension }, () => random.normal());
      const product = (point: Point) => weights.reduce((sum, weight, at) => sum + weight * (point[at] as number), 0);
      return (point) => answer(relations[chosen.relation](product(point) / resolution));
    },
  });
}

/** The plugin of {@link inContextRegression}. */
export const inContextRegressionPlugin = dataset("in-context-regression", inContextRegression, {
  description: "Text form of in-context regression: x1 y1 x2 y2 … xq ?, numbers as tokens, a new rule in every source.",
  schema,
});
