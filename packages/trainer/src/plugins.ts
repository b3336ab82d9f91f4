import { z } from "zod";
import { adafactor, adafactorSchema } from "./adafactor.ts";
import { adamW, adamWSchema } from "./adam-w.ts";
import { constant } from "./constant.ts";
import { inverseSquareRoot } from "./inverse-square-root.ts";
import { lion, lionSchema } from "./lion.ts";
import { muon, muonSchema } from "./muon.ts";
import { optimizer } from "./optimizer.ts";
import { schedule } from "./schedule.ts";
import { scheduleFreeAdamW, scheduleFreeSchema } from "./schedule-free-adam-w.ts";
import { sgd, sgdSchema } from "./sgd.ts";
import { warmupCosine } from "./warmup-cosine.ts";

const rate = z.number().positive();
const count = z.int().min(0);

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
    schema: z.strictObject({ peak: rate, warmupSteps: count, steps: count, floor: z.number().min(0).optional() }),
  }),
  schedule("inverse-square-root", inverseSquareRoot, {
    description: "Linear warm-up, then as one over the square root of the step.",
    schema: z.strictObject({ peak: rate, warmupSteps: count }),
  }),
] as const;
