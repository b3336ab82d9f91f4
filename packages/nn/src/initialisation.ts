/** Whose initial weights to use. */
export type Initialisation = "fan-in" | "gpt-2" | "t5" | "bart";

/** What a weight matrix is for. */
export type WeightRole =
  | "embedding"
  | "positions"
  | "query"
  | "key-value"
  | "attention-output"
  | "feed-forward-up"
  | "feed-forward-down"
  | "relative-bias"
  | "head";

export interface InitialisationSizes {
  readonly width: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly feedForward: number;
  /** N, of the stack that the weight is in. */
  readonly layers: number;
}

/**
 * The standard deviation of a weight's initial normal distribution.
 *
 * Fan-in: `(3 · inputs)^−½`, which suits any width, and 0.02 for embeddings. GPT-2: 0.02, and 0.02/√(2N) for the two projections that write into the residual stream. T5: the scale of attention is
 * held in the query weights, `(M·D)^−½`, and every other matrix has `(its inputs)^−½`. BART: 0.02.
 *
 * @source fan-in: LeCun et al. 1998, "Efficient backprop", §4.6, at the variance of PyTorch's linear layers; Radford et al. 2019, §2.3, and the released code's 0.02; Raffel et al. 2020 with the released
 *   mesh-tensorflow initialisers; Lewis et al. 2020, `init_std` 0.02 of the released configuration
 */
export function initialDeviation(style: Initialisation, role: WeightRole, sizes: InitialisationSizes): number {
  const { width, heads, headWidth, feedForward, layers } = sizes;
  if (style === "bart") return 0.02;
  if (style === "gpt-2") {
    const writesResidual = role === "attention-output" || role === "feed-forward-down";
    return writesResidual ? 0.02 / Math.sqrt(2 * layers) : 0.02;
  }
  const inputs = { "attention-output": heads * headWidth, "feed-forward-down": feedForward }[role as string] ?? width;
  const isTable = role === "embedding" || role === "positions";
  if (style === "fan-in") return isTable || role === "relative-bias" ? 0.02 : (3 * inputs) ** -0.5;
  if (isTable) return 1;
  return (role === "query" ? width * headWidth : inputs) ** -0.5;
}
