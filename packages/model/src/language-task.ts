import type { Random } from "@trivium/core";
import type { Batch, Loss, LossFunction } from "@trivium/features";
import type { ParameterTree, SpecTree } from "@trivium/tensor";
import { factorsOf } from "./logits-of.ts";
import type { LanguageModel } from "./model.ts";

/** A model, and the objective that it is trained or scored with. */
export interface LanguageTaskOptions {
  readonly model: Pick<LanguageModel, "architecture" | "config" | "specs" | "createParameters" | "states" | "readOut">;
  readonly objective: {
    readonly name: string;
    readonly settings?: Readonly<Record<string, unknown>> | undefined;
    readonly loss: LossFunction;
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
  /** @throws {ShapeError} what `model.states` throws. */
  loss(parameters: ParameterTree, batch: Batch, options?: LanguageLossOptions): Loss;
}

/**
 * The task of a language model: its parameters, and an objective's loss over its logits.
 *
 * @example languageTask({ model, objective: causalLm() }).loss(parameters, batch).tokens
 */
export function languageTask({ model, objective, trains, flops }: LanguageTaskOptions): LanguageTask {
  const { architecture, config, specs } = model;
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
      const forward = { dropoutSeed: seed, recompute };
      return objective.loss(factorsOf(model, parameters, batch, forward), batch);
    },
  };
}
