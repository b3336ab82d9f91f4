import { z } from "zod";
import { positionsSchema } from "./positions-config.ts";

const count = z.int().positive();
const share = z.number().min(0).lt(1);
/** One of these values. Default: the first. */
const oneOf = <const Value extends string>(values: readonly [Value, ...Value[]], description: string) =>
  z.enum(values).default(values[0]).describe(description);
const flag = (description: string) => z.boolean().default(false).describe(description);

const normKinds = z.enum(["layer", "rms"]);
const normOptions = z.strictObject({
  kind: normKinds.default("layer").describe("Layer normalisation, or root mean square"),
  placement: oneOf(["pre", "post"], "Before each branch (GPT-2, T5) or after each sum (BART, Vaswani 2017)"),
  epsilon: z.number().positive().default(1e-5).describe("Added to the variance or mean square"),
  unitOffset: flag("Whether gains are 1 plus their parameters (Gemma)"),
});
const biasOptions = z.strictObject({
  queryKeyValue: z.boolean().default(false),
  output: flag("Of the output map of attention"),
  feedForward: z.boolean().default(false),
});
const window = count.nullable();
const attentionOptions = z.strictObject({
  scale: oneOf(
    ["head-width", "none"],
    "Multiplier on attention logits: 1/√D, or 1 where the initialisation holds it (T5)",
  ),
  softCap: z.number().positive().optional().describe("c of c · tanh(logit / c) before the mask (Gemma 2)"),
  queryKeyNorm: flag("Normalises each head's query and key (Qwen 3, Gemma 3)"),
  window: z
    .union([window, z.array(window).min(1)])
    .default(null)
    .describe("Tokens that self-attention reaches back, itself included; a list goes over the layers again and again"),
});
const headOptions = z.strictObject({
  tied: z.boolean().default(true).describe("Whether the head is the transposed embedding"),
  bias: flag("Whether logits have a bias (BART)"),
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
  activation: oneOf(
    ["gelu", "gelu-tanh", "relu", "silu", "geglu", "geglu-tanh", "swiglu"],
    "The gated ones (GEGLU, SwiGLU) have a third matrix",
  ),
  norm: z
    .union([normKinds.transform((kind) => normOptions.parse({ kind })), normOptions])
    .default(normOptions.parse({}))
    .describe('"layer", "rms", or { kind, placement, epsilon, unitOffset }'),
  embeddingNorm: flag("Normalises embeddings with their positions (BART)"),
  positions: positionsSchema
    .default({ kind: "learned", offset: 0, restart: false })
    .describe("learned, sinusoidal, rotary, t5, alibi, none, or { kind, … } with the options of the kind"),
  biases: z
    .union([z.boolean(), biasOptions])
    .default(true)
    .describe("Whether linear maps have biases: all, none, or { queryKeyValue, output, feedForward }"),
  attention: attentionOptions.default(attentionOptions.parse({})).describe("{ scale, softCap, queryKeyNorm, window }"),
  head: headOptions.default(headOptions.parse({})).describe("{ tied, bias, softCap }"),
  dropout: share.default(0).describe("On embeddings, attention probabilities and branch outputs, in training"),
  scaleEmbeddings: flag("Multiplies embeddings by √M (Vaswani 2017)"),
  scaleOutputs: flag("Multiplies the last state by 1/√M before a tied head (T5)"),
  sharedStacks: flag("Whether the streams share their stacks; cross-attention keeps weights of its own"),
  crossAttention: oneOf(
    ["separate", "merged"],
    "Two streams: a block of its own, or one softmax with self-attention, over the source's last states and its own tokens",
  ),
  initialisation: oneOf(
    ["fan-in", "gpt-2", "t5", "bart"],
    "Initial weights: by the number of inputs, or as a paper has them",
  ),
});

/** The options of a model. Everything but the vocabulary has a default. */
export type ModelOptions = z.input<typeof modelConfigSchema>;

/** A complete configuration. */
export type ModelConfig = z.output<typeof modelConfigSchema>;
