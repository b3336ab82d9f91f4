import { ConfigError } from "@trivium/core";
import type { Arm } from "@trivium/evaluator";
import type { Architecture } from "@trivium/model";
import type { Plugins } from "./load-registry.ts";
import type { Output } from "./output.ts";
import { modelOptions, prepareModel } from "./prepare-model.ts";
import type { CompareSettings, SharedSettings } from "./settings.ts";

/** Settings that an arm changes. */
interface Control {
  readonly architecture: string;
  change(settings: CompareSettings): Partial<CompareSettings>;
}

/**
 * The controls of T5's comparison: an encoder–decoder has twice the parameters of one stack, so one arm shares its
 * stacks and one has half the layers in each.
 *
 * @source Raffel et al. 2020, table 2, https://arxiv.org/abs/1910.10683
 */
const controls: Readonly<Record<string, Control>> = {
  "encoder-decoder-shared": { architecture: "encoder-decoder", change: () => ({ sharedStacks: true }) },
  "encoder-decoder-half-depth": {
    architecture: "encoder-decoder",
    change: ({ layers = 3 }) => {
      if (typeof layers !== "number") throw new ConfigError("cli/half-depth", "half depth needs one number of layers");
      return { layers: Math.max(1, Math.floor(layers / 2)) };
    },
  },
};

/** The arms that the settings name: architectures, the user's too, and the controls. */
export function prepareArms(
  settings: CompareSettings,
  registry: Plugins,
  sizes: { vocabulary: number; length: number; output: Output },
): Arm[] {
  return settings.architectures.map((name) => {
    const control = controls[name];
    const own: SharedSettings = {
      ...settings,
      architecture: control?.architecture ?? name,
      ...control?.change(settings),
    };
    const { model, objective } = prepareModel(own, registry, sizes);
    return { name, architecture: model.architecture as Architecture, config: modelOptions(own, sizes), objective };
  });
}
