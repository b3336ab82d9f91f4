import type { Batch, Loss, LossFunction } from "@trivium/features";
import type { ParameterTree } from "@trivium/tensor";
import { factorsOf } from "./logits-of.ts";
import type { ForwardOptions, LanguageModel } from "./model.ts";

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
export interface LanguageLossOptions extends Pick<ForwardOptions, "recompute"> {
  /** Turns dropout on, and seeds it. Default: no dropout. */
  readonly seed?: string | undefined;
}

/** A model with a loss over its logits, in the form that a trainer takes. */
export interface LanguageTask
  extends Pick<LanguageModel, "specs" | "createParameters">,
    Pick<LanguageTaskOptions, "trains"> {
  counts(batch: Batch): { supervisedTokens: number; seenTokens: number; flops?: number | undefined };
  /** Returns the architecture's name, the model's configuration and the objective with its settings, as plain JSON. */
  describe(): Readonly<Record<string, unknown>>;
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
    counts(batch) {
      const { supervisedTokens, seenTokens } = batch;
      return { supervisedTokens, seenTokens, flops: flops?.(batch) };
    },
    describe() {
      const { name, settings } = objective;
      return { architecture: architecture.name, model: config, objective: { name, ...settings } };
    },
    createParameters: (random) => model.createParameters(random),
    loss: (parameters, batch, { seed, recompute } = {}) =>
      objective.loss(factorsOf(model, parameters, batch, { dropoutSeed: seed, recompute }), batch),
  };
}
