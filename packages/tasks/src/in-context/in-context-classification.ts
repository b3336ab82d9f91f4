import type { Random } from "@trivium/core";
import { type Dataset, dataset } from "@trivium/data";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { letters } from "../letters.ts";
import { inContextOptions, inContextTask, type Point } from "./in-context-task.ts";

const schema = z.strictObject({
  ...inContextOptions,
  /** Number of classes. */
  classes: z.int().min(2).max(26).default(3),
});

/**
 * In-context classification **in text form**: `x1 y1 x2 y2 … xq ?` to `yq`, with `y = argmax over classes of w·x`.
 *
 * Each source has its own `w ~ N(0, 1)` for every class and dimension and inputs uniform on [−1, 1]. The whole number n
 * stands for n / `resolution` (`dimension` tokens an input), classes are letters; which letter stands for which region
 * is a matter of the source alone. **This is not the set-up of Ding et al.**, who give the model one vector token for
 * each example, x and y together.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if so many questions do not exist.
 * @source after Ding et al. 2024, "CausalLM is not optimal for in-context learning", https://arxiv.org/abs/2308.06912
 * @example (await inContextClassification({ classes: 2 })).train.length // => 10000
 */
export async function inContextClassification(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "task in-context-classification" });
  const answers = letters(chosen.classes);
  return inContextTask({
    ...chosen,
    name: "in-context-classification",
    answers,
    drawRule(random: Random) {
      const weights = answers.map(() => Array.from({ length: chosen.dimension }, () => random.normal()));
      return (point: Point) => {
        const scores = weights.map((row) => row.reduce((sum, weight, at) => sum + weight * (point[at] as number), 0));
        return answers[scores.indexOf(Math.max(...scores))] as string;
      };
    },
  });
}

/** The plugin of {@link inContextClassification}. */
export const inContextClassificationPlugin = dataset("in-context-classification", inContextClassification, {
  description: "Text form of in-context classification: x1 y1 x2 y2 … xq ?, classes as letters, new in every source.",
  schema,
});
