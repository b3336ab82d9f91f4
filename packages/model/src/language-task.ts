import type { Random } from "@trivium/core";
import type { Batch } from "@trivium/features";

import type { FactoredLogits, ParameterTree, Scalar, SpecTree, Tensor1D, Tensor3D } from "@trivium/tensor";
import type { Model } from "./model.ts";

/** Sum of the losses of a batch, in nats. */
export interface LanguageLoss {
  readonly sum: Scalar;
  /** Number of targets that carry loss. */
  readonly tokens: number;
  /** `[B · L]`: share of each position in the sum. Absent where the loss is not a sum over positions. */
  readonly losses?: Tensor1D | undefined;
}

/** Loss over logits `[B, L, V]`, and, where it can, over their factors. */
export interface LanguageLossFunction {
  (logits: Tensor3D, batch: Batch): LanguageLoss;
  readonly ofFactors?: ((logits: FactoredLogits, batch: Batch) => LanguageLoss) | undefined;
}

/** A model, and the objective that it is trained or scored with. */
export interface LanguageTaskOptions {
  readonly model: Pick<Model, "architecture" | "config" | "specs" | "createParameters" | "logits">;
  readonly objective: {
    readonly name: string;
    readonly settings?: Readonly<Record<string, unknown>> | undefined;
    readonly loss: LanguageLossFunction;
  };
  /** Returns whether a parameter is trained, by its dotted path. Default: every parameter is trained. */
  readonly trains?: ((path: string) => boolean) | undefined;
  /** Floating-point operations of training on a batch: see `trainingFlops`. Default: not counted. */
  readonly flops?: ((batch: Batch) => number) | undefined;
}

/** Options of one evaluation of a language task's loss. */
export interface LanguageLossOptions {
  /** Turns dropout on, and seeds it. Default: no dropout. */
  readonly seed?: string | undefined;
  /** Runs layers again in the backward pass instead of keeping their intermediates. Default false. */
  readonly recompute?: boolean | undefined;
}

/** A model with a loss over its logits, in the form that a trainer takes. */
export interface LanguageTask {
  readonly specs: SpecTree;
  readonly trains?: ((path: string) => boolean) | undefined;
  counts(batch: Batch): { supervisedTokens: number; seenTokens: number; flops?: number | undefined };
  /** Returns the architecture's name, the model's configuration and the objective with its settings, as plain JSON. */
  describe(): Readonly<Record<string, unknown>>;
  createParameters(random: Random): ParameterTree;
  /** @throws {ShapeError} what `model.logits` throws. */
  loss(parameters: ParameterTree, batch: Batch, options?: LanguageLossOptions): LanguageLoss;
}

/** Logits of this size, and in training their gradient too, cost more memory than one more product costs time. */
const LEAST_BYTES = 2 ** 28;
/** Smaller vocabularies are short of chunks. */
const LEAST_VOCABULARY = 4096;

/** Returns whether float32 logits `[rows, vocabulary]` stay factored. Their shape alone decides. */
export const isForFactors = (rows: number, vocabulary: number): boolean =>
  vocabulary >= LEAST_VOCABULARY && 4 * rows * vocabulary >= LEAST_BYTES;

/**
 * The task of a language model: its parameters, and an objective's loss over its logits. The logits stay factored where
 * they would take 256 MiB and both model and objective can do without them.
 *
 * @example languageTask({ model, objective: causalLm() }).loss(parameters, batch).tokens
 */
export function languageTask({ model, objective, trains, flops }: LanguageTaskOptions): LanguageTask {
  const { architecture, config, specs, logits } = model;
  return {
    specs,
    trains,
    counts: (batch) => ({
      supervisedTokens: batch.supervisedTokens,
      seenTokens: batch.seenTokens,
      flops: flops?.(batch),
    }),
    describe: () => ({
      architecture: architecture.name,
      model: config,
      objective: { name: objective.name, ...objective.settings },
    }),
    createParameters: (random) => model.createParameters(random),
    loss(parameters, batch, { seed, recompute = false } = {}) {
      const forward = { dropoutSeed: seed, checkpointing: recompute };
      const { ofFactors } = objective.loss;
      const isFactored = logits.factors && ofFactors && isForFactors(batch.targets.length, config.vocabulary);
      if (isFactored) return ofFactors(logits.factors(parameters, batch, forward), batch);
      return objective.loss(logits(parameters, batch, forward), batch);
    },
  };
}
