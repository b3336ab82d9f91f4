import { z } from "zod";
import { beam } from "./beam.ts";
import { forcedTokens } from "./forced-tokens.ts";
import { greedy } from "./greedy.ts";
import { lengthBeam } from "./length-beam.ts";
import { logitsProcessor } from "./logits-processor.ts";
import { minP } from "./min-p.ts";
import { sample, sampleSchema } from "./sample.ts";
import { stopRule } from "./stop-rule.ts";
import { maximumLength, stopStrings, stopTokens } from "./stop-rules.ts";
import { strategy } from "./strategy.ts";
import { temperature } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";

const positive = z.number().positive();
const count = z.int().positive();
const share = z.number().min(0).max(1);

/** A description, and the schema of options that has these fields alone. */
const about = (description: string, fields: z.core.$ZodShape) => ({ description, schema: z.strictObject(fields) });

/** Every strategy, logits processor and stop rule of this package, so that a registry, a flag or a text can name them. */
export const generatePlugins = [
  strategy("greedy", greedy, about("The most probable token at each step.", {})),
  strategy("sample", sample, about("Draws each token: by temperature, top-k, top-p and min-p.", sampleSchema.shape)),
  strategy("beam", beam, {
    description: "Keeps the best beginnings open, and answers with the best that has ended.",
    schema: z.strictObject({ beam: count, lengthPenalty: z.number().min(0).optional() }),
  }),
  strategy("length-beam", lengthBeam, {
    description: "Beam search as Hugging Face transformers has it: by log-probability over length.",
    schema: z.strictObject({
      beam: count,
      lengthPenalty: z.number().optional(),
      early: z.enum(["first", "heuristic", "never"]).optional(),
    }),
  }),
  logitsProcessor("temperature", temperature, about("Divides logits.", { temperature: positive })),
  logitsProcessor("top-k", topK, about("Forbids all but the most probable tokens.", { k: count })),
  logitsProcessor("top-p", topP, {
    description: "Forbids all but the most probable tokens that together have a probability.",
    schema: z.strictObject({ p: share }),
  }),
  logitsProcessor("min-p", minP, about("Forbids tokens that are much less probable than the best.", { p: share })),
  logitsProcessor("forced-tokens", forcedTokens, {
    description: "Gives all probability to one token at the start, or at the most tokens.",
    schema: z.strictObject({ first: z.int().min(0).optional(), last: z.int().min(0).optional(), tokens: count }),
  }),
  stopRule("tokens", stopTokens, about("Ends an answer at an id.", { ids: z.array(z.int().min(0)) })),
  stopRule("strings", stopStrings, {
    description: "Ends an answer before a text.",
    schema: z.strictObject({ strings: z.array(z.string().min(1)).min(1) }),
  }),
  stopRule("length", maximumLength, about("Ends an answer of so many tokens.", { tokens: count })),
] as const;
