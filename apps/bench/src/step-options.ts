import { ConfigError } from "@trivium/core";
import { z } from "zod";
import { count, listOf } from "./options.ts";
import { architectures, namedShapes, type StepShape, type StepWork, stepWork } from "./step-work.ts";

/** Flags that say which training steps are done, and by which attention kernel. */
export const stepOptions = {
  architecture: listOf(architectures)
    .prefault("causal")
    .describe(`${architectures.join(", ")}, with commas`),
  shape: listOf(["S1", "S2", "S3", "S4"]).optional().describe("Sizes by name, with commas; those below come first"),
  vocabulary: count.optional().describe("Default of this and the next five: 64 16 256 256 6 4"),
  vocab: count.optional().describe("The same as --vocabulary"),
  length: count.optional().describe("Positions of a row; an encoder-decoder has half of them in each stream"),
  batch: count.optional().describe("Rows of a step"),
  width: count.optional().describe("Width of a position's state"),
  layers: count.optional().describe("Layers of each stack"),
  heads: count.optional().describe("Heads of attention"),
  attention: z
    .string()
    .optional()
    .describe("The attention kernel: see trivium list attention. Default: fused where the backend has it"),
};

type StepOptions = z.output<z.ZodObject<typeof stepOptions>>;

/**
 * A piece of work for each architecture and shape.
 *
 * @throws {ConfigError} `bench/options` for an odd length that is to be halved.
 */
export function stepWorks({ architecture, shape, ...options }: StepOptions): StepWork[] {
  const { vocab, vocabulary = vocab, length, batch, width, layers, heads } = options;
  const given = { vocabulary, length, batch, width, layers, heads };
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const shapes = (shape ?? ["S1" as const]).map((name): StepShape => ({ ...namedShapes[name], ...own }));
  return architecture.flatMap((name) =>
    shapes.map((sizes) => {
      if (name !== "causal" && sizes.length % 2 !== 0) {
        const message = `--length is halved for ${name}: give an even one from 4, got ${sizes.length}`;
        throw new ConfigError("bench/options", message);
      }
      return stepWork(name, sizes);
    }),
  );
}
