import { ConfigError } from "@trivium/core";
import type { Arm } from "@trivium/evaluator";
import { type Architecture, modelConfigSchema } from "@trivium/model";
import type { Plugins } from "./load-registry.ts";
import type { Output } from "./output.ts";
import { type DataSizes, defaultObjective, prepareModel } from "./prepare-model.ts";
import type { CompareSettings, ModelSettings } from "./settings.ts";

/** An architecture with some settings changed. */
interface Control {
  readonly architecture: string;
  change(settings: CompareSettings): Partial<CompareSettings>;
}

/**
 * The controls of T5's comparison: an encoder–decoder has twice the parameters of one stack, so one arm shares its
 * stacks and one has half the layers in each. A third is a prefix model but for one thing, that the target attends to
 * the source's last states alone.
 *
 * @source Raffel et al. 2020, table 2, https://arxiv.org/abs/1910.10683; the third after Zhang et al. 2022, whose text was
 *   not at hand, https://arxiv.org/abs/2202.00528
 */
const controls: ReadonlyMap<string, Control> = new Map([
  ["encoder-decoder-shared", { architecture: "encoder-decoder", change: () => ({ sharedStacks: true }) }],
  ["encoder-decoder-half-depth", { architecture: "encoder-decoder", change: halfDepth }],
  [
    "encoder-decoder-top-only",
    { architecture: "encoder-decoder", change: () => ({ sharedStacks: true, crossAttention: "merged" }) },
  ],
]);

function halfDepth({ layers = modelConfigSchema.shape.layers.parse(undefined) }: CompareSettings) {
  if (typeof layers === "number") return { layers: Math.max(1, Math.floor(layers / 2)) };
  throw new ConfigError(
    "cli/half-depth",
    "the half-depth control needs one number of layers; leave it out of the arms",
  );
}

/**
 * The arms that the settings name: architectures, the user's too, and the controls, but no copy of another arm.
 *
 * @throws {ConfigError} `cli/arms` if one is named twice or none is left. @throws what `prepareModel` throws.
 */
export function prepareArms(
  settings: CompareSettings,
  registry: Plugins,
  sizes: DataSizes & { readonly output: Output },
): Arm[] {
  const { architectures } = settings;
  const twice = architectures.find((name, at) => architectures.indexOf(name) !== at);
  if (twice !== undefined) throw new ConfigError("cli/arms", `the arm ${twice} is named twice in --architectures`);
  const arms = architectures.filter((name) => !isCopy(name, settings));
  for (const name of architectures.filter((one) => !arms.includes(one))) {
    sizes.output.note(`${name} is left out: half of one layer is one, so it would be encoder-decoder again`);
  }
  if (arms.length === 0) throw new ConfigError("cli/arms", "no arm is left; name others in --architectures");
  return arms.map((name) => prepareArm(name, { settings, registry, sizes }));
}

const isCopy = (name: string, { layers }: CompareSettings): boolean =>
  name === "encoder-decoder-half-depth" && layers === 1;

interface ArmRequest {
  readonly settings: CompareSettings;
  readonly registry: Plugins;
  readonly sizes: DataSizes & { readonly output: Output };
}

function prepareArm(name: string, { settings, registry, sizes }: ArmRequest): Arm {
  const control = controls.get(name);
  const architecture = registry.find("architecture", control?.architecture ?? name).create as Architecture;
  const own: ModelSettings = { ...settings, architecture: architecture.name, ...control?.change(settings) };
  // The scope of the loss is a choice of the causal arm alone.
  if (settings.objective === undefined && defaultObjective(architecture) !== "causal-lm") delete own.loss;
  const { objective, config } = prepareModel(own, registry, sizes);
  return { name, architecture, config, objective };
}
