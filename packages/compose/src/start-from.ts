import { ConfigError, jsonDifferences } from "@trivium/core";
import { type Architecture, type ModelOptions, resolveConfig } from "@trivium/model";
import { assertSameStreams } from "./assert-same-streams.ts";
import { mergeRecipes } from "./merge-recipes.ts";
import type { OpenedModel } from "./opened-model.ts";
import type { RecipeInput } from "./recipe.ts";
import { type Plugins, resolveArchitecture, resolvePositions } from "./resolve.ts";

/** A trained model that a training goes on from. */
export type BaseModel = Pick<OpenedModel, "name" | "model" | "parameters" | "tokenizer" | "length">;

/** The part of a recipe that a model decides which is there already. */
type Asked = Pick<RecipeInput, "architecture" | "model" | "length" | "tokenizer" | "from">;

/** The architecture and the configuration of a training that goes on from a model. */
export interface StartedFrom {
  readonly architecture: Architecture;
  /** The model's own, but for dropout, which a training may choose. */
  readonly config: ModelOptions;
}

/**
 * Returns the architecture and the configuration of a training that goes on from a model: the model's own. The recipe may
 * name another architecture with the same parameters, another dropout, and shorter rows.
 *
 * @throws {ConfigError} `compose/from` for a field of the recipe that contradicts the model.
 * @throws {CheckpointError} `compose/streams` for an architecture with other parameters.
 */
export function startFrom(
  { architecture: other, model, length, tokenizer }: Asked,
  base: BaseModel,
  registry: Plugins,
) {
  const refuse = (field: string, problem: string) => {
    const remedy = `leave it out, or train a new model without from (--from)`;
    return new ConfigError("compose/from", `${field}: ${problem}; ${remedy}`, { details: { field } });
  };
  if (tokenizer !== undefined) throw refuse("tokenizer", `${base.name} has a tokenizer of its own`);
  if (length !== undefined && length > base.length) {
    throw refuse("length", `${base.name} has ${base.length} positions, got ${length}`);
  }
  const { architecture: own, config } = base.model;
  const architecture = other === undefined ? own : resolveArchitecture(other, registry);
  assertSameStreams(own, architecture);
  const { dropout = config.dropout, ...asked } = model ?? {};
  const merged = resolvePositions(mergeRecipes(config, asked) as ModelOptions, registry);
  const plain = (options: ModelOptions): unknown => JSON.parse(JSON.stringify(resolveConfig(own, options)));
  const [different] = jsonDifferences(plain(config), plain(merged));
  if (different) {
    throw refuse(`model.${different.path}`, `${base.name} has ${different.was}, got ${different.is}`);
  }
  return { architecture, config: { ...config, dropout } } satisfies StartedFrom;
}
