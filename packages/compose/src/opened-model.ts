import type { NamedArrays } from "@trivium/checkpoint";
import type { Lora } from "@trivium/model";
import type { ChatTemplate, GenerationDefaults } from "@trivium/pretrained";
import type { ParameterTree } from "@trivium/tensor";
import type { PairTokenizer } from "@trivium/text";
import type { Composition } from "./compose.ts";
import type { Recipe } from "./recipe.ts";
import type { Engine, Plugins } from "./resolve.ts";

/** A trained model, ready to run on its active backend. */
export interface OpenedModel extends Pick<Composition, "model" | "objective"> {
  /** The name of the place that it was read from. */
  readonly name: string;
  /** They belong to the caller. */
  readonly parameters: ParameterTree;
  readonly tokenizer: PairTokenizer;
  /** The template of conversations with the model. Undefined where it was taught none. */
  readonly chat?: ChatTemplate | undefined;
  readonly engine: Engine;
  /** The recipe that it was trained by, with the changes of the caller. */
  readonly recipe: Recipe;
  /** Steps that it was trained for. */
  readonly step: number;
  readonly task: TaskForm;
  /** The longest row that the model takes. */
  readonly length: number;
  /** The fingerprint of the data that it was trained on. Undefined where it is not known. */
  readonly data?: string | undefined;
  /** Adapters that are merged into the parameters. Undefined where there are none. */
  readonly adapter?: OpenedAdapter | undefined;
  /** The plugins that it was opened with, its own among them. */
  readonly registry: Plugins;
  /**
   * Returns how the model's files ask to be answered with, which `answerOptions` applies. Undefined where they cannot.
   *
   * @throws {CheckpointError} `pretrained/generation` for what cannot be applied.
   */
  readonly generation?: (() => GenerationDefaults) | undefined;
  /** Findings that a person should see: checkpoints that were passed over, labels in sight. */
  readonly warnings: readonly string[];
}

/** The form of a dataset's examples: sources with targets, or text alone. */

/** Adapters that a model was opened with, which are merged into its parameters. */
export interface OpenedAdapter extends Lora {
  /** The name of the place that they were read from. */
  readonly name: string;
  /** A and B by the path of their matrix: `tokens.layers.0.self.query.weight.a`, `[I, r]`, and `.b`, `[r, O]`. */
  readonly arrays: NamedArrays;
}

export type TaskForm = "pairs" | "text";
