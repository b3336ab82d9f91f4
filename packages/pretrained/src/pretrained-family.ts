import type { ModelOptions, ResolvedConfig } from "@trivium/model";
import { defineKind, type Plugin } from "@trivium/registry";
import type { z } from "zod";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { readAttributes } from "./read-attributes.ts";
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

/** A family of foreign checkpoints: how configurations and tensors are named there and here, read both ways. */
export interface PretrainedFamily extends Omit<FamilyRecord<z.ZodObject>, "options" | "foreign" | "attributes"> {
  /**
   * Returns our configuration of a foreign one.
   *
   * @throws {CheckpointError} `pretrained/config` if a value is of the wrong form or asks for what ours lacks,
   *   `pretrained/attributes` with the list of attributes that are not handled.
   */
  read(config: ForeignConfig, tensors: TensorNames, reading: ReadingOptions): ModelOptions;
  /** Returns the foreign configuration of ours. @throws {CheckpointError} `pretrained/config` if there is none. */
  write(config: ResolvedConfig): ForeignConfig;
}

/** How a configuration is read. */
export interface ReadingOptions {
  /** The place in messages: the path of `config.json`. */
  readonly place: string;
  /** Attributes that the caller knows to change nothing. */
  readonly ignore: readonly string[];
}

/** The kind of families: a value. */
export const pretrainedFamily = defineKind<PretrainedFamily>()("pretrained-family");

/** A plugin of that kind. */
export type PretrainedFamilyPlugin<Name extends string = string> = Plugin<"pretrained-family", Name, PretrainedFamily>;

/**
 * Makes a family of a record, with the attributes' types checked.
 *
 * @example pretrainedFamily("mine", defineFamily({ ...record, name: "mine", architecture: "causal" }))
 */
export function defineFamily<Attributes extends z.ZodObject>(record: FamilyRecord<Attributes>): PretrainedFamily {
  const { attributes, options, foreign, ...rest } = record;
  return {
    ...rest,
    read(config, tensors, { place, ignore }) {
      const { values, refuse } = readAttributes(record, config, { place, ignore });
      return options(values, tensors, refuse);
    },
    write(config) {
      const refuse = refusing(`a model of the family "${record.name}"`);
      return { model_type: record.name, ...record.fixed, ...foreign(config, refuse) };
    },
  };
}
