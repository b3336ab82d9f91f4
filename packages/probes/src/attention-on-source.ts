import type { AttentionKernel } from "@trivium/attention";
import { ConfigError } from "@trivium/core";
import type { PairExample } from "@trivium/features";
import { markedBatch } from "@trivium/objectives";
import { supervised } from "./leak-kinds.ts";
import type { ObservedAttention } from "./observe-attention.ts";
import type { ProbedModel } from "./probed-model.ts";
import { crosses, readAttention } from "./read-attention.ts";
import { slotOf } from "./with-ids.ts";

export interface AttentionOnSourceOptions extends ProbedModel {
  readonly example: PairExample;
  /** The source tokens, by index, that are right to look at in each step: the token that is copied, say. */
  readonly gold?: readonly (readonly number[])[] | undefined;
  /** The kernel to run with. Default: the reference. */
  readonly attention?: AttentionKernel | undefined;
}

/** Attention on the tokens of the source, special tokens not counted, `[layer][head][step]`. */
export interface AttentionOnSource {
  /** The kind of attention that sees the source. Merged attention counts as self-attention. */
  readonly over: "self" | "cross";
  /** Predictions of the target: its tokens, then the end of sequence. */
  readonly steps: number;
  /** The sum of the weights on source tokens, in [0, 1]. */
  readonly mass: number[][][];
  /** Entropy of these weights among themselves over log n: 1 where all n are equal, 0 where one has all; 0 if n = 1. */
  readonly entropy: number[][][];
  /** The sum of the weights on the source tokens named gold; empty if none are. */
  readonly gold: number[][][];
}

/**
 * Measures the share of attention that each step of generating the target gives to the source, and its sharpness. The
 * target is given (teacher forcing), so the weights equal those of decoding with caches.
 *
 * @throws {ConfigError} `probes/gold` if there is not one list of gold tokens for each step.
 * @throws {ShapeError} `probes/source-token` if the objective does not show the model each source token exactly once.
 * @source attention degeneration: Fu et al. 2023, https://arxiv.org/abs/2304.04052; entropy of attention: Ghader and Monz
 *   2017, https://arxiv.org/abs/1710.03348
 * @example attentionOnSource({ model, parameters, objective: seq2seq(), example }).mass[0][0].length // => 2
 */
export function attentionOnSource(options: AttentionOnSourceOptions): AttentionOnSource {
  const { model, parameters, objective, example, gold, attention } = options;
  const probe = markedBatch(objective.scoring?.() ?? objective, [example], { special: options.special });
  const steps = supervised(probe);
  if (gold && gold.length !== steps.length) {
    const message = `gold should name source tokens for each of ${steps.length} steps, got ${gold.length} lists`;
    throw new ConfigError("probes/gold", `${message}; the last step predicts the end of sequence`);
  }
  const source = probe.tokens.slice(0, example.source.length).map((token) => slotOf(token).at);
  // Merged attention puts the source's keys first, where `readHeads` reads.
  const over = crosses(model) ? "cross" : "self";
  const found: AttentionOnSource = {
    over,
    steps: steps.length,
    mass: [],
    entropy: [],
    gold: [],
  };
  readAttention({ model, parameters, attention, input: probe.batch }, (observed) => {
    if (observed.stream !== model.streams.at(-1) || observed.over !== over) return;
    const heads = readHeads(observed, steps, source);
    const measure = (of: (weights: readonly number[], step: number) => number) =>
      heads.map((rows) => rows.map((weights, step) => of(weights, step)));
    found.mass.push(measure(sum));
    found.entropy.push(measure(relativeEntropy));
    if (gold) found.gold.push(measure((weights, step) => sum(gold[step]!.map((token) => weights[token] ?? 0))));
  });
  return found;
}

/** The weights of some queries on some keys of row 0, `[head][query][key]`. */
function readHeads({ weights }: ObservedAttention, queries: readonly number[], keys: readonly number[]): number[][][] {
  const [, heads, Q, K] = weights.shape;
  const values = weights.dataSync();
  return Array.from({ length: heads }, (_, head) =>
    queries.map((query) => keys.map((key) => values[(head * Q + query) * K + key] as number)),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function relativeEntropy(weights: readonly number[]): number {
  const mass = sum(weights);
  if (mass === 0 || weights.length < 2) return 0;
  const shares = weights.map((weight) => weight / mass).filter((share) => share > 0);
  return Math.abs(sum(shares.map((share) => -share * Math.log(share)))) / Math.log(weights.length);
}
