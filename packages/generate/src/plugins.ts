import { z } from "zod";
import { beam } from "./beam.ts";
import { contrastive, contrastiveSchema } from "./contrastive.ts";
import { forbiddenWords } from "./forbidden-words.ts";
import { forcedTokens } from "./forced-tokens.ts";
import { frequencyPenalty } from "./frequency-penalty.ts";
import { greedy } from "./greedy.ts";
import { lengthBeam } from "./length-beam.ts";
import { logitsProcessor } from "./logits-processor.ts";
import { minP } from "./min-p.ts";
import { minimumLength } from "./minimum-length.ts";
import { noRepeatNGram, noRepeatSourceNGram } from "./no-repeat-n-gram.ts";
import { presencePenalty } from "./presence-penalty.ts";
import { repetitionPenalty } from "./repetition-penalty.ts";
import { sample, sampleSchema } from "./sample.ts";
import { stopRule } from "./stop-rule.ts";
import { maximumLength, stopStrings, stopTokens } from "./stop-rules.ts";
import { strategy } from "./strategy.ts";
import { suppressedTokens } from "./suppressed-tokens.ts";
import { temperature } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";

const positive = z.number().positive();
const count = z.int().positive();
const share = z.number().min(0).max(1);
const id = z.int().min(0);
const penalty = z.number();
const size = count;

/** A description, and the schema of options that has these fields alone. */
const about = (description: string, fields: z.core.$ZodShape) => ({ description, schema: z.strictObject(fields) });

/** Every strategy, logits processor and stop rule of this package, so that a registry, a flag or a text can name them. */
export const generatePlugins = [
  strategy("greedy", greedy, about("The most probable token at each step.", {})),
  strategy(
    "sample",
    sample,
    about("Draws each token: by temperature, top-k, top-p, min-p, typical-p.", sampleSchema.shape),
  ),
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
  strategy(
    "contrastive",
    contrastive,
    about(
      "A probable token whose state is unlike those before: without chance or repetition.",
      contrastiveSchema.shape,
    ),
  ),
  logitsProcessor("temperature", temperature, about("Divides logits.", { temperature: positive })),
  logitsProcessor("top-k", topK, about("Forbids all but the most probable tokens.", { k: count })),
  logitsProcessor("top-p", topP, {
    description: "Forbids all but the most probable tokens that together have a probability.",
    schema: z.strictObject({ p: share }),
  }),
  logitsProcessor("min-p", minP, about("Forbids tokens that are much less probable than the best.", { p: share })),
  logitsProcessor("typical-p", typicalP, {
    description: "Forbids all but the most typical tokens that together have a probability.",
    schema: z.strictObject({ p: share }),
  }),
  logitsProcessor("repetition-penalty", repetitionPenalty, {
    description: "Makes tokens of the prompt and the answer less probable, by a factor.",
    schema: z.strictObject({ penalty: positive }),
  }),
  logitsProcessor("presence-penalty", presencePenalty, {
    description: "Takes a penalty from the score of each token that the answer has.",
    schema: z.strictObject({ penalty }),
  }),
  logitsProcessor("frequency-penalty", frequencyPenalty, {
    description: "Takes a penalty from a token's score as often as the answer has the token.",
    schema: z.strictObject({ penalty }),
  }),
  logitsProcessor("no-repeat-n-gram", noRepeatNGram, {
    description: "Forbids a sequence of tokens that the prompt and the answer have already.",
    schema: z.strictObject({ size }),
  }),
  logitsProcessor("no-repeat-source-n-gram", noRepeatSourceNGram, {
    description: "Forbids a sequence of tokens that an encoder's source has.",
    schema: z.strictObject({ size }),
  }),
  logitsProcessor("forbidden-words", forbiddenWords, {
    description: "Forbids sequences of tokens.",
    schema: z.strictObject({ words: z.array(z.array(id).min(1)) }),
  }),
  logitsProcessor("minimum-length", minimumLength, {
    description: "Forbids ends of shorter answers; length counts the prompt too.",
    schema: z.strictObject({ tokens: id.optional(), length: id.optional() }),
  }),
  logitsProcessor("forced-tokens", forcedTokens, {
    description: "Gives all probability to given tokens at the start, or to one at the most tokens.",
    schema: z.strictObject({
      first: z.union([id, z.array(id)]).optional(),
      last: id.optional(),
      tokens: count.optional(),
    }),
  }),
  logitsProcessor("suppressed-tokens", suppressedTokens, {
    description: "Forbids tokens, everywhere or at the start of an answer.",
    schema: z.strictObject({ ids: z.array(id).optional(), first: z.array(id).optional(), at: id.optional() }),
  }),
  stopRule("tokens", stopTokens, about("Ends an answer at an id.", { ids: z.array(id) })),
  stopRule("strings", stopStrings, {
    description: "Ends an answer before a text.",
    schema: z.strictObject({ strings: z.array(z.string().min(1)).min(1) }),
  }),
  stopRule("length", maximumLength, about("Ends an answer of so many tokens.", { tokens: count })),
] as const;
