import { ConfigError } from "@trivium/core";
import { validateWith } from "@trivium/registry";
import { flattenSpecs } from "@trivium/tensor";
import { z } from "zod";
import { bestSchema } from "./best.ts";
import { divergenceSchema } from "./divergence.ts";
import { recoverySchema } from "./recovery.ts";
import { frozenPaths } from "./run-description.ts";
import type { TrainOptions } from "./train-options.ts";

const interval = z.int().positive().optional();

const numbersSchema = z.object({
  steps: z.int().min(0),
  shards: interval,
  clipNorm: z.number().min(0).optional(),
  logEvery: interval,
  checkpoint: z.object({ every: interval }).optional(),
  evaluate: z.object({ every: interval, best: bestSchema.optional() }).optional(),
  divergence: divergenceSchema.optional(),
  recovery: recoverySchema.optional(),
});

/**
 * Checks the numbers of the options.
 *
 * @throws {ConfigError} `trainer/options`, naming the field; also if `resume` is asked for without a store, or if the
 *   task trains no parameter.
 */
export function checkOptions<B>(options: TrainOptions<B>): void {
  const { checkpoint, divergence, resume, task } = options;
  const numbers = { ...options, divergence: divergence || undefined };
  validateWith(numbersSchema, numbers, { code: "trainer/options", what: "training" });
  const refuse = (what: string): never => {
    throw new ConfigError("trainer/options", `training: ${what}`);
  };
  if (resume && !checkpoint) refuse("resume needs a checkpoint store to go on from");
  if (options.recovery?.action === "roll-back" && !checkpoint)
    refuse("recovery by roll-back needs a checkpoint store to go back to");
  if (frozenPaths(task).length === Object.keys(flattenSpecs(task.specs)).length)
    refuse("the task's `trains` refuses every parameter; let it accept at least one");
}
