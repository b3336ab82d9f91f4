import type { ModelOptions, ResolvedConfig } from "@trivium/model";
import type { z } from "zod";
import type { ForeignConfig } from "./foreign-config.ts";
import type { TensorMap } from "./tensor-map.ts";

/** The tensors of a checkpoint by their names without the family's prefix, as far as a configuration depends on them. */
export interface TensorNames {
  has(name: string): boolean;
  /** Whether the head is the embedding: by the tensors, whatever the configuration says. */
  readonly isTied: boolean;
}

/** A family of foreign checkpoints, with its attributes typed. */
export interface FamilyRecord<Attributes extends z.ZodObject> {
  /** The `model_type` of its configurations. */
  readonly name: string;
  /** The class that runs it there: `"GPT2LMHeadModel"`. */
  readonly implementation: string;
  /** The name of the architecture that runs it. */
  readonly architecture: string;
  /** The attributes that mean something to us, with the defaults of the foreign implementation. */
  readonly attributes: Attributes;
  /** Attributes that must have one value: any other asks for a model that ours is not. */
  readonly fixed?: Readonly<Record<string, unknown>> | undefined;
  /** Attributes that change no number of a trained model, by name. */
  readonly ignored?: readonly string[] | undefined;
  /** Returns our configuration. @throws {CheckpointError} from `refuse`, for a combination that ours lacks. */
  options(attributes: z.output<Attributes>, tensors: TensorNames, refuse: Refuse): ModelOptions;
  /** Returns the attributes of our configuration: the way back of `options`. */
  foreign(config: ResolvedConfig, refuse: Refuse): z.input<Attributes>;
  /** The ids of special tokens where the configuration does not mention them. */
  readonly tokens?: ForeignConfig | undefined;
  /** What may stand before all names but the head's: a model may be stored with or without its head. */
  readonly prefix: string;
  /** Further names that the prefix never stands before. */
  readonly outside?: readonly string[] | undefined;
  /** The names of the embedding and its copies. */
  readonly embedding: TensorMap["names"];
  /** The name of the head's weight. */
  readonly head: string;
  /** Tensors that hold nothing to learn: masks, frequencies. */
  readonly ignoredTensors?: RegExp | undefined;
  /** All tensors; those of which the configuration has no parameters are left out. */
  tensors(config: ResolvedConfig): readonly TensorMap[];
}

/** Throws, naming what the family or ours lacks. */
export type Refuse = (problem: string) => never;

/** How a configuration is read. */
export interface ReadingOptions {
  /** The place in messages: the path of `config.json`. */
  readonly place: string;
  /** Attributes that the caller knows to change nothing. */
  readonly ignore: readonly string[];
}
