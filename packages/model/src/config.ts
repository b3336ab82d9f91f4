import { z } from "zod";

const count = z.int().positive();

/** The fields of a model's configuration, the same for every architecture, with defaults. */
export const modelConfigSchema = z.strictObject({
  vocabulary: count.describe("V: how many ids there are"),
  length: count.default(512).describe("The longest row of any stream, in tokens"),
  width: count.default(128).describe("M: the width of a position's state"),
  layers: z
    .union([count, z.record(z.string(), count)])
    .default(3)
    .describe("N: one number for every stream, or one for each by name"),
  heads: count.default(4).describe("H: query heads"),
  keyValueHeads: count.optional().describe("G: key/value heads shared by groups of query heads. Default: heads"),
  headWidth: count.optional().describe("D. Default: width / heads"),
  feedForward: count.optional().describe("F. Default: 4 · width"),
  activation: z
    .enum(["gelu", "gelu-tanh", "relu", "geglu", "geglu-tanh", "swiglu"])
    .default("gelu")
    .describe("The gated ones (GEGLU, SwiGLU) have a third matrix"),
  norm: z.enum(["layer", "rms"]).default("layer").describe("Layer normalisation, or root mean square"),
  normPlacement: z
    .enum(["pre", "post"])
    .default("pre")
    .describe("Before each branch (GPT-2, T5) or after each sum (BART, Vaswani 2017)"),
  normEpsilon: z.number().positive().default(1e-5).describe("Added to the variance or mean square"),
  positions: z
    .enum(["learned", "sinusoidal", "rotary", "alibi", "t5", "none"])
    .default("learned")
    .describe("How a position knows its place"),
  restartPositions: z
    .boolean()
    .default(false)
    .describe(
      "Learned positions of a single stream or of merged attention: whether they start again behind the prefix or source, with embeddings of their own",
    ),
  relativeBuckets: count.default(32).describe("T5 positions: buckets of distances"),
  relativeMaxDistance: count.default(128).describe("T5 positions: distances from here on share a bucket"),
  relativeDirection: z
    .enum(["from-mask", "bidirectional", "causal"])
    .default("from-mask")
    .describe("T5 positions: whether later positions have buckets of their own; by default where the mask shows them"),
  rotaryBase: z.number().positive().default(10_000).describe("Rotary positions: base of the wavelengths"),
  tiedHead: z.boolean().default(true).describe("Whether the head is the transposed embedding"),
  biases: z.boolean().default(true).describe("Whether linear maps have biases"),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("On embeddings, attention probabilities and branch outputs, in training"),
  attentionScale: z
    .enum(["head-width", "none"])
    .default("head-width")
    .describe("Multiplier on attention logits: 1/√D, or 1 where the initialisation holds it (T5)"),
  scaleEmbeddings: z.boolean().default(false).describe("Multiplies embeddings by √M (Vaswani 2017)"),
  scaleOutputs: z.boolean().default(false).describe("Multiplies the last state by 1/√M before a tied head (T5)"),
  sharedStacks: z
    .boolean()
    .default(false)
    .describe("Whether the streams share their stacks; cross-attention keeps weights of its own"),
  crossAttention: z
    .enum(["separate", "merged"])
    .default("separate")
    .describe(
      "Two streams: a block of its own, or one softmax with self-attention, over the source's last states and its own tokens",
    ),
  initialisation: z
    .enum(["fan-in", "gpt-2", "t5", "bart"])
    .default("fan-in")
    .describe("Initial weights: by the number of inputs, or as a paper has them"),
});

/** What a caller writes: everything but the vocabulary has a default. */
export type ModelOptions = z.input<typeof modelConfigSchema>;

/** A complete configuration. */
export type ModelConfig = z.output<typeof modelConfigSchema>;
