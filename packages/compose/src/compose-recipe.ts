import type { PairTokenizer } from "@trivium/text";
import { type Composition, composeOrThrow, type Parts } from "./compose.ts";
import type { Recipe } from "./recipe.ts";
import {
  type Engine,
  type NamedModelOptions,
  type Plugins,
  resolveArchitecture,
  resolveObjective,
  resolvePositions,
} from "./resolve.ts";

/** A combination that works, with its architecture and the options of its model. */
export type ComposedRecipe = Composition & Pick<Parts<string>, "architecture" | "config">;

interface ComposedParts {
  readonly config: NamedModelOptions;
  readonly tokenizer: PairTokenizer;
  readonly engine: Engine;
}

/**
 * Composes the model of a recipe.
 *
 * @throws {UnknownPluginError} for a name that no plugin has. @throws {ConfigError} `model/config`.
 * @throws {UnsupportedError} `compose/refused` with every reason.
 */
export function composeRecipe(
  recipe: Recipe,
  registry: Plugins,
  { config: named, tokenizer, engine: { attention, backend } }: ComposedParts,
): ComposedRecipe {
  const architecture = resolveArchitecture(recipe.architecture, registry);
  const config = resolvePositions(named, registry);
  const composition = composeOrThrow({
    architecture,
    config,
    objective: resolveObjective(recipe.objective, architecture, registry),
    attention,
    backend,
    tokenizer,
    labelLeaks: recipe.labelLeaks,
    isPacked: recipe.packing !== undefined,
  });
  return { ...composition, architecture, config };
}
