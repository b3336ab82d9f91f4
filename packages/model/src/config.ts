import { z } from "zod";
import { positionsSchema } from "./positions-config.ts";

const count = z.int().positive();

const normKinds = z.enum(["layer", "rms"]);
const normOptions = z.strictObject({
  kind: normKinds.default("layer").describe("Layer normalisation, or root mean square"),
  placement: z
    .enum(["pre", "post"])
    .default("pre")
    .describe("Before each branch (GPT-2, T5) or after each sum (BART, Vaswani 2017)"),
  epsilon: z.number().positive().default(1e-5).describe("Added to the variance or mean square"),
  unitOffset: z.boolean().default(false).describe("Whether gains are 1 plus their parameters (Gemma)"),
});
const biasOptions = z.strictObject({
  queryKeyValue: z.boolean().default(false),
  output: z.boolean().default(false).describe("Of the output map of attention"),
  feedForward: z.boolean().default(false),
});
const window = count.nullable();
const attentionOptions = z.strictObject({
  scale: z
    .enum(["head-width", "none"])
    .default("head-width")
    .describe("Multiplier on attention logits: 1/√D, or 1 where the initialisation holds it (T5)"),
  softCap: z.number().positive().optional().describe("c of c · tanh(logit / c) before the mask (Gemma 2)"),
  queryKeyNorm: z.boolean().default(false).describe("Normalises each head's query and key (Qwen 3, Gemma 3)"),
  window: z
    .union([window, z.array(window).min(1)])
    .default(null)
    .describe("Tokens that self-attention reaches back, itself included; a list goes over the layers again and again"),
});
const headOptions = z.strictObject({
  tied: z.boolean().default(true).describe("Whether the head is the transposed embedding"),
  bias: z.boolean().default(false).describe("Whether logits have a bias (BART)"),
  softCap: z.number().positive().optional().describe("c of c · tanh(logit / c) (Gemma 2)"),
});

/** The fields of a model's configuration, the same for every architecture, with defaults. */
export const modelConfigSchema = z.strictObject({
  vocabulary: count.describe("V: number of ids"),
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
    .enum(["gelu", "gelu-tanh", "relu", "silu", "geglu", "geglu-tanh", "swiglu"])
    .default("gelu")
    .describe("The gated ones (GEGLU, SwiGLU) have a third matrix"),
  norm: z
    .union([normKinds.transform((kind) => normOptions.parse({ kind })), normOptions])
    .default(normOptions.parse({}))
    .describe('"layer", "rms", or { kind, placement, epsilon, unitOffset }'),
  embeddingNorm: z.boolean().default(false).describe("Normalises embeddings with their positions (BART)"),
  positions: positionsSchema
    .default({ kind: "learned", offset: 0, restart: false })
    .describe("learned, sinusoidal, rotary, t5, alibi, none, or { kind, … } with the options of the kind"),
  biases: z
    .union([z.boolean(), biasOptions])
    .default(true)
    .describe("Whether linear maps have biases: all, none, or { queryKeyValue, output, feedForward }"),
  attention: attentionOptions.default(attentionOptions.parse({})).describe("{ scale, softCap, queryKeyNorm, window }"),
  head: headOptions.default(headOptions.parse({})).describe("{ tied, bias, softCap }"),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("On embeddings, attention probabilities and branch outputs, in training"),
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

/** The options of a model. Everything but the vocabulary has a default. */
export type ModelOptions = z.input<typeof modelConfigSchema>;

/** A complete configuration. */
export type ModelConfig = z.output<typeof modelConfigSchema>;
