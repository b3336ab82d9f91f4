import { z } from "zod";

/** The options that every generated task has: the seed, and how many examples each part gets. */
export const partSizes = {
  /** The seed of everything that is drawn. */
  seed: z.int().default(0),
  train: z.int().min(1).default(10_000),
  validation: z.int().min(0).default(500),
  /** Test examples of each condition (of each length, say). */
  test: z.int().min(0).default(500),
};

/** A list of test conditions that are numbers: lengths, counts. None is given twice. */
export const testSizes = (least: number) =>
  z
    .array(z.int().min(least))
    .min(1)
    .refine((sizes) => new Set(sizes).size === sizes.length, "each may be given once")
    .readonly();
