import { z } from "zod";
import { precisions } from "./options.ts";

const positive = z.number().positive();

/** The finding of one contender, and all that identifies it: an element of what `--json` prints. */
export const measurementSchema = z.object({
  /** `trivium` for ours. */
  name: z.string().min(1),
  /** To which products are rounded, or in which weights are held. */
  precision: z.enum([...precisions, "q8"]),
  version: z.string().optional(),
  provider: z.string().optional(),
  threads: z.int().positive().optional(),
  /** Which benchmark: `step`, `gemm`, … */
  benchmark: z.string().min(1),
  /** The work: the shape, the mask. */
  work: z.string().min(1),
  /** The attention kernel, where contenders may have different ones. */
  kernel: z.string().optional(),
  /** Median seconds of one piece of work: a step, a product, a pass forward and backward. */
  stepSeconds: positive,
  tokensPerSecond: positive.optional(),
  gflops: positive.optional(),
  gigabytesPerSecond: positive.optional(),
  /** This contender's seconds divided by those of the first `trivium` of the same work and precision. */
  timesTrivium: positive.optional(),
  /** Share of the speed of the best product that was measured in the same run. */
  shareOfPeak: positive.optional(),
  /** Share of the matrix of queries and keys that is visible. */
  visibleFraction: positive.optional(),
  /** Seconds of the first mask divided by those of this one. */
  timesFirst: positive.optional(),
  /** Bytes of keys and values that a step of decoding moved, in the mean. */
  bytesCopied: z.number().min(0).optional(),
  /** Seconds of processor, over all threads. */
  processorSeconds: positive.optional(),
  /** Seconds that a step waited for its data, divided by those of the step. */
  waitingShare: z.number().min(0).optional(),
  peakEngineBytes: positive.optional(),
  residentBytes: positive.optional(),
  parameters: z.int().positive().optional(),
  /** Seconds of each round. */
  rounds: z.array(positive).min(1),
  per: z.number().min(0).optional(),
  wer: z.number().min(0).optional(),
  trainSeconds: positive.optional(),
  seeds: z.array(z.int()).optional(),
  machine: z.object({
    processor: z.string(),
    cores: z.int(),
    memoryGigabytes: z.number(),
    node: z.string(),
    /** Measured at real-time priority, beside other work. */
    realTime: z.boolean().optional(),
  }),
  commit: z.string(),
  command: z.string(),
  date: z.iso.date(),
});

export type Measurement = z.output<typeof measurementSchema>;

/** The part of a measurement that is of one contender; the rest is the same for all of a run. */
export type Finding = Omit<Measurement, "machine" | "commit" | "command" | "date" | "benchmark">;
