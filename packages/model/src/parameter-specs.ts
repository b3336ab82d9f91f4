import {
  affineSpec,
  feedForwardSpec,
  initialDeviation,
  multiHeadAttentionSpec,
  normSpec,
  type WeightRole,
} from "@trivium/nn";
import type { SpecTree } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { schemeOf } from "./positions-config.ts";
import { biasesOf, isMerged, layersOf, queryKeyNormOf, type ResolvedConfig } from "./resolve-config.ts";

/** The name of the stack that shared streams have in common. */
export const sharedStack = "shared";

/**
 * The specifications of a model's parameters by name: `embedding`, a stack for each stream (`positions`, `relative`, `layers`,
 * `norm`), and `head` where it is not tied or has a bias.
 */
export function parameterSpecs(architecture: Architecture, config: ResolvedConfig): SpecTree {
  const { vocabulary, width, head, sharedStacks } = config;
  const { streams } = architecture;
  const weight = { shape: [vocabulary, width], initial: { deviation: deviationOf(config, "embedding", 1) } };
  const specs: Record<string, SpecTree> = { embedding: { weight } };
  const restarts = streams.length === 1 || sharedStacks;
  if (sharedStacks) specs[sharedStack] = stackSpec(config, layersOf(config, streams[0] as string), restarts);
  streams.forEach((stream, index) => {
    const layers = layersOf(config, stream);
    const own = sharedStacks ? {} : stackSpec(config, layers, restarts);
    const crosses = index > 0 && architecture.crossMask && !isMerged(config);
    const spec = crosses ? { ...own, cross: numbered(layers, () => attentionSpec(config, layers)) } : own;
    if (Object.keys(spec).length > 0) specs[stream] = spec;
  });
  if (!head.tied) {
    const deviation = deviationOf(config, "head", 1);
    specs.head = affineSpec({ input: width, output: vocabulary, bias: head.bias, deviation });
  } else if (head.bias) specs.head = { bias: { shape: [vocabulary], initial: { constant: 0 } } };
  return specs;
}

function stackSpec(config: ResolvedConfig, layers: number, restarts: boolean): SpecTree {
  const { width, heads, headWidth, length, norm, embeddingNorm } = config;
  const deviation = (role: WeightRole) => deviationOf(config, role, layers);
  const placed = schemeOf(config.positions).specs?.({ width, heads, headWidth, length, restarts, deviation });
  const specs: Record<string, SpecTree[string]> = { ...placed };
  if (embeddingNorm) specs.embeddingNorm = normSpec(norm, width);
  specs.layers = numbered(layers, () => layerSpec(config, layers));
  if (norm.placement === "pre") specs.norm = normSpec(norm, width);
  return specs;
}

function layerSpec(config: ResolvedConfig, layers: number): SpecTree {
  const { width, feedForward, activation } = config;
  const { feedForward: biases } = biasesOf(config);
  const deviation = (role: WeightRole) => deviationOf(config, role, layers);
  const deviations = { up: deviation("feed-forward-up"), down: deviation("feed-forward-down") };
  const maps = feedForwardSpec({ width, feedForward, activation, biases, deviations });
  return { self: attentionSpec(config, layers), feedForward: { norm: normSpec(config.norm, width), ...maps } };
}

function attentionSpec(config: ResolvedConfig, layers: number): SpecTree {
  const { width, heads, keyValueHeads, headWidth } = config;
  const [biases, queryKeyNorm] = [biasesOf(config), queryKeyNormOf(config)];
  const deviation = (role: WeightRole) => deviationOf(config, role, layers);
  const [query, keyValue, output] = [deviation("query"), deviation("key-value"), deviation("attention-output")];
  const sizes = { width, heads, keyValueHeads, headWidth, biases, queryKeyNorm };
  const maps = multiHeadAttentionSpec({ ...sizes, deviations: { query, keyValue, output } });
  return { norm: normSpec(config.norm, width), ...maps };
}

function deviationOf(config: ResolvedConfig, role: WeightRole, layers: number): number {
  return initialDeviation(config.initialisation, role, { ...config, layers });
}

function numbered(count: number, make: () => SpecTree): SpecTree {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index), make()]));
}
