import { ConfigError } from "@trivium/core";
import { type LanguageModel, type Lora, loraSpecs, resolveLora } from "@trivium/model";
import { countSpecs, flattenSpecs, type SpecTree, selectPaths } from "@trivium/tensor";
import type { Recipe } from "./recipe.ts";

/** The part of a model that a training changes. */
export interface TrainedPart {
  /** The trained parameters: those of the model, or adapters beside them. */
  readonly specs: SpecTree;
  /** Numbers that stand in memory beside the model's parameters: adapters, and the matrices that they are merged into. */
  readonly besides: number;
  /** Numbers that a step keeps for each token of the longest rows: dropped inputs of adapters. Default 0. */
  readonly perToken?: number | undefined;
  /** Returns whether a parameter of the model is trained, by its path. Default: every parameter is. */
  readonly trains?: ((path: string) => boolean) | undefined;
  readonly lora?: Lora | undefined;
}

/**
 * Returns the part of a model that a recipe trains: all of it, all but what is frozen, or adapters.
 *
 * @throws {ConfigError} `compose/freeze` if nothing is left to train, `compose/lora` for adapters without a model to go on
 *   from, or with frozen parameters; `tensor/pattern`, `model/lora`.
 */
export function trainedPart(
  { freeze, lora, from }: Pick<Recipe, "freeze" | "lora" | "from">,
  { specs }: Pick<LanguageModel, "specs">,
): TrainedPart {
  if (lora === undefined) return freeze === undefined ? { specs, besides: 0 } : unfrozenPart(freeze, specs);
  const refuse = (problem: string) => new ConfigError("compose/lora", `lora: ${problem}`);
  if (from === undefined) throw refuse("adapters change a trained model; name it as from (--from)");
  if (freeze !== undefined)
    throw refuse("beside adapters all parameters stay as they are; leave out freeze (--freeze)");
  const resolved = resolveLora(lora, specs);
  const adapters = loraSpecs(specs, resolved);
  const flat = flattenSpecs(specs);
  const targets = Object.fromEntries(resolved.targets.map((path) => [path, flat[path]]));
  const besides = countSpecs(adapters) + 2 * countSpecs(targets as SpecTree);
  // The dropped inputs of each map, their products with A, and twice those with B.
  const kept = Object.values(targets).reduce((sum, spec) => sum + (spec?.shape[0] ?? 0) + 2 * (spec?.shape[1] ?? 0), 0);
  const perToken = resolved.dropout ? kept + resolved.rank * resolved.targets.length : 0;
  return { specs: adapters, besides, perToken, lora: resolved };
}

function unfrozenPart(freeze: readonly string[], specs: SpecTree): TrainedPart {
  const flat = flattenSpecs(specs);
  const frozen = selectPaths(freeze, Object.keys(flat));
  const trained = Object.entries(flat).filter(([path]) => !frozen.has(path));
  if (trained.length > 0) {
    return { specs: Object.fromEntries(trained), besides: 0, trains: (path) => !frozen.has(path) };
  }
  const message = `freeze: ${freeze.join(", ")} selects every parameter, so nothing is trained; select fewer`;
  throw new ConfigError("compose/freeze", message);
}
