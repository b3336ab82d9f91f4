import { z } from "zod";
import { adafactor, adafactorSchema } from "./adafactor.ts";
import { adamW, adamWSchema } from "./adam-w.ts";
import { constant } from "./constant.ts";
import { exponential } from "./exponential.ts";
import { inverseSquareRoot } from "./inverse-square-root.ts";
import { lion, lionSchema } from "./lion.ts";
import { muon, muonSchema } from "./muon.ts";
import { oneCycle } from "./one-cycle.ts";
import { optimizer } from "./optimizer.ts";
import { points } from "./points.ts";
import { schedule } from "./schedule.ts";
import { scheduleFreeAdamW, scheduleFreeSchema } from "./schedule-free-adam-w.ts";
import { sgd, sgdSchema } from "./sgd.ts";
import { warmupCosine } from "./warmup-cosine.ts";
import { warmupLinear } from "./warmup-linear.ts";
import { decayShapes, warmupStableDecay } from "./warmup-stable-decay.ts";

const rate = z.number().positive();
const count = z.int().min(0);
const floor = z.number().min(0).optional();

/** Every optimiser and schedule of this package, so that a registry, a flag or a text can name them. */
export const trainerPlugins = [
  optimizer("adam-w", adamW, {
    description: "Adam with decoupled weight decay; biases and gains do not decay.",
    schema: adamWSchema,
  }),
  optimizer("muon", muon, {
    description:
      "Orthogonal momentum for the matrices of layers, AdamW for the rest: fewer steps, each of them dearer.",
    schema: muonSchema,
  }),
  optimizer("adafactor", adafactor, {
    description: "Second moments by row and column, rates relative to the size of weights: half of AdamW's memory.",
    schema: adafactorSchema,
  }),
  optimizer("lion", lion, {
    description: "The sign of a momentum: half of AdamW's state, at a third to a tenth of its rate.",
    schema: lionSchema,
  }),
  optimizer("sgd", sgd, {
    description: "Gradient descent with momentum, Nesterov's too; weight decay is part of the gradient.",
    schema: sgdSchema,
  }),
  optimizer("schedule-free-adam-w", scheduleFreeAdamW, {
    description:
      "AdamW whose average of weights stands in for a decay of the rate; that average is evaluated and kept.",
    schema: scheduleFreeSchema,
  }),
  schedule("constant", constant, { description: "The same rate at every step.", schema: z.strictObject({ rate }) }),
  schedule("warmup-cosine", warmupCosine, {
    description: "Linear warm-up, then half a cosine down to the floor.",
    schema: z.strictObject({ peak: rate, warmupSteps: count, steps: count, floor }),
  }),
  schedule("warmup-linear", warmupLinear, {
    description: "Linear warm-up, then a straight line down to the floor.",
    schema: z.strictObject({ peak: rate, warmupSteps: count, steps: count, floor }),
  }),
  schedule("warmup-stable-decay", warmupStableDecay, {
    description: "Linear warm-up, the peak, and a short fall at the end; no fall with decaySteps 0.",
    schema: z.strictObject({
      peak: rate,
      warmupSteps: count,
      steps: count,
      floor,
      decaySteps: count.optional(),
      shape: z.enum(decayShapes).optional(),
    }),
  }),
  schedule("one-cycle", oneCycle, {
    description: "Half a cosine up to the peak, half a cosine down to almost nothing.",
    schema: z.strictObject({
      peak: rate,
      steps: count,
      warmupSteps: count.optional(),
      startDivisor: rate.optional(),
      endDivisor: rate.optional(),
    }),
  }),
  schedule("exponential", exponential, {
    description: "The same factor at every step, from one rate to another: a range test.",
    schema: z.strictObject({ start: rate, end: rate, steps: z.int().min(1) }),
  }),
  schedule("points", points, {
    description: "Straight lines between pairs of a step and a rate.",
    schema: z.strictObject({ points: z.array(z.tuple([count, z.number().min(0)])) }),
  }),
  schedule("inverse-square-root", inverseSquareRoot, {
    description: "Linear warm-up, then as one over the square root of the step.",
    schema: z.strictObject({ peak: rate, warmupSteps: count }),
  }),
] as const;
