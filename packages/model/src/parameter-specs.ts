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
 * What a model's parameters will be, by name: `embedding`, a stack for each stream (`positions`, `relative`, `layers`,
 * `norm`), and `head` where it is not tied or has a bias.
 */
export function parameterSpecs(architecture: Architecture, config: ResolvedConfig): SpecTree {
  const { vocabulary, width, head, sharedStacks } = config;
  const { streams } = architecture;
  const specs: Record<string, SpecTree> = {
    embedding: { weight: matrix([vocabulary, width], deviationOf(config, "embedding", 1)) },
  };
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
  const deviations = {
    up: deviationOf(config, "feed-forward-up", layers),
    down: deviationOf(config, "feed-forward-down", layers),
  };
  return {
    self: attentionSpec(config, layers),
    feedForward: {
      norm: normSpec(config.norm, width),
      ...feedForwardSpec({ width, feedForward, activation, biases, deviations }),
    },
  };
}

function attentionSpec(config: ResolvedConfig, layers: number): SpecTree {
  const { width, heads, keyValueHeads, headWidth } = config;
  const [biases, queryKeyNorm] = [biasesOf(config), queryKeyNormOf(config)];
  const deviations = {
    query: deviationOf(config, "query", layers),
    keyValue: deviationOf(config, "key-value", layers),
    output: deviationOf(config, "attention-output", layers),
  };
  return {
    norm: normSpec(config.norm, width),
    ...multiHeadAttentionSpec({ width, heads, keyValueHeads, headWidth, biases, deviations, queryKeyNorm }),
  };
}

function deviationOf(config: ResolvedConfig, role: WeightRole, layers: number): number {
  return initialDeviation(config.initialisation, role, { ...config, layers });
}

const matrix = (shape: [number, number], deviation: number) => ({ shape, initial: { deviation } });

function numbered(count: number, make: () => SpecTree): SpecTree {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index), make()]));
}
