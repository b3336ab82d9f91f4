import type { ModelOptions, ResolvedConfig } from "@trivium/model";
import { defineKind, type Plugin } from "@trivium/registry";
import type { z } from "zod";
import type { FamilyRecord, ReadingOptions, TensorNames } from "./family-record.ts";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { readAttributes } from "./read-attributes.ts";

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
