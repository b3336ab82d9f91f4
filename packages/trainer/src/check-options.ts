import { ConfigError } from "@trivium/core";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import type { TrainOptions } from "./train-options.ts";

const interval = z.int().positive().optional();
const share = z.number().min(0).lt(1).optional();

const numbersSchema = z.object({
  steps: z.int().min(0),
  clipNorm: z.number().positive().optional(),
  logEvery: interval,
  checkpointEvery: interval,
  evaluateEvery: interval,
  divergence: z
    .object({
      factor: z.number().positive().optional(),
      margin: z.number().min(0).optional(),
      patience: interval,
      smoothing: share,
    })
    .optional(),
});

/**
 * Checks the numbers of the options.
 *
 * @throws {ConfigError} `trainer/options`, naming the field; also if `resume` is asked for and there is no store.
 */
export function checkOptions({
  steps,
  clipNorm,
  logEvery,
  checkpoint,
  evaluate,
  divergence,
  resume,
}: TrainOptions): void {
  const numbers = {
    steps,
    clipNorm,
    logEvery,
    checkpointEvery: checkpoint?.every,
    evaluateEvery: evaluate?.every,
    divergence: divergence || undefined,
  };
  validateWith(numbersSchema, numbers, { code: "trainer/options", what: "training" });
  if (resume && !checkpoint) {
    throw new ConfigError("trainer/options", "training: resume needs a checkpoint store to go on from");
  }
}
