import { z } from "zod";

const count = z.int().positive();

/** The fields of a model's configuration, the same for every architecture, with defaults. */
export const modelConfigSchema = z.strictObject({
  /** V: how many ids there are. */
  vocabulary: count,
  /** The longest row of any stream, in tokens. */
  length: count.default(512),
  /** M. */
  width: count.default(128),
  /** N: one number for every stream, or one for each by name. */
  layers: z.union([count, z.record(z.string(), count)]).default(3),
  /** H. */
  heads: count.default(4),
  /** G: key/value heads shared by groups of query heads. Default `heads`. */
  keyValueHeads: count.optional(),
  /** D. Default `width / heads`. */
  headWidth: count.optional(),
  /** F. Default `4 · width`. */
  feedForward: count.optional(),
  /** The gated ones (GEGLU, SwiGLU) have a third matrix. */
  activation: z.enum(["gelu", "gelu-tanh", "relu", "geglu", "geglu-tanh", "swiglu"]).default("gelu"),
  norm: z.enum(["layer", "rms"]).default("layer"),
  /** Before each branch (GPT-2, T5) or after each sum (BART, Vaswani 2017). */
  normPlacement: z.enum(["pre", "post"]).default("pre"),
  normEpsilon: z.number().positive().default(1e-5),
  positions: z.enum(["learned", "sinusoidal", "rotary", "alibi", "t5", "none"]).default("learned"),
  /** T5 only: buckets and the distance from which all share the last one. */
  relativeBuckets: count.default(32),
  relativeMaxDistance: count.default(128),
  rotaryBase: z.number().positive().default(10_000),
  /** Whether the head is the transposed embedding. */
  tiedHead: z.boolean().default(true),
  /** Whether linear maps have biases. */
  biases: z.boolean().default(true),
  /** On embeddings, attention probabilities and branch outputs, in training. */
  dropout: z.number().min(0).lt(1).default(0),
  /** Multiplier on attention logits: `1/√D`, or 1 where the initialisation holds it (T5). */
  attentionScale: z.enum(["head-width", "none"]).default("head-width"),
  /** Multiplies embeddings by √M (Vaswani 2017). */
  scaleEmbeddings: z.boolean().default(false),
  /** Multiplies the last state by 1/√M before a tied head (T5). */
  scaleOutputs: z.boolean().default(false),
  /** Whether the streams share their stacks; cross-attention keeps weights of its own. */
  sharedStacks: z.boolean().default(false),
  initialisation: z.enum(["gpt-2", "t5", "bart"]).default("gpt-2"),
});

/** What a caller writes: everything but the vocabulary has a default. */
export type ModelOptions = z.input<typeof modelConfigSchema>;

/** A complete configuration. */
export type ModelConfig = z.output<typeof modelConfigSchema>;
