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
import { isMerged, layersOf, type ResolvedConfig } from "./resolve-config.ts";

/** The name of the stack that shared streams have in common. */
export const sharedStack = "shared";

/**
 * What a model's parameters will be, by name: `embedding`, a stack for each stream (`positions`, `relative`, `layers`,
 * `norm`), and `head` where it is not tied.
 */
export function parameterSpecs(architecture: Architecture, config: ResolvedConfig): SpecTree {
  const { vocabulary, width, tiedHead, sharedStacks } = config;
  const { streams } = architecture;
  const specs: Record<string, SpecTree> = {
    embedding: { weight: matrix([vocabulary, width], deviationOf(config, "embedding", 1)) },
  };
  // Positions that restart in the same stack have a second table behind the first.
  const restartsWithin = config.restartPositions && (streams.length === 1 || sharedStacks);
  const places = config.length * (restartsWithin ? 2 : 1);
  if (sharedStacks) specs[sharedStack] = stackSpec(config, { places, layers: layersOf(config, streams[0] as string) });
  streams.forEach((stream, index) => {
    const layers = layersOf(config, stream);
    const own = sharedStacks ? {} : stackSpec(config, { places, layers });
    const crosses = index > 0 && architecture.crossMask && !isMerged(config);
    const cross = crosses ? { cross: numbered(layers, () => crossSpec(config, layers)) } : {};
    const spec = { ...own, ...cross };
    if (Object.keys(spec).length > 0) specs[stream] = spec;
  });
  if (!tiedHead) {
    specs.head = affineSpec({
      input: width,
      output: vocabulary,
      bias: false,
      deviation: deviationOf(config, "head", 1),
    });
  }
  return specs;
}

function stackSpec(config: ResolvedConfig, { places, layers }: { places: number; layers: number }): SpecTree {
  const { width, positions, heads, relativeBuckets, norm, normPlacement } = config;
  return {
    ...(positions === "learned"
      ? { positions: { weight: matrix([places, width], deviationOf(config, "positions", layers)) } }
      : {}),
    ...(positions === "t5"
      ? { relative: { weight: matrix([relativeBuckets, heads], deviationOf(config, "relative-bias", layers)) } }
      : {}),
    layers: numbered(layers, () => layerSpec(config, layers)),
    ...(normPlacement === "pre" ? { norm: normSpec(norm, width) } : {}),
  };
}

function layerSpec(config: ResolvedConfig, layers: number): SpecTree {
  const { width, feedForward, activation, biases } = config;
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

const crossSpec = attentionSpec;

function attentionSpec(config: ResolvedConfig, layers: number): SpecTree {
  const { width, heads, keyValueHeads, headWidth, biases } = config;
  const deviations = {
    query: deviationOf(config, "query", layers),
    keyValue: deviationOf(config, "key-value", layers),
    output: deviationOf(config, "attention-output", layers),
  };
  return {
    norm: normSpec(config.norm, width),
    ...multiHeadAttentionSpec({ width, heads, keyValueHeads, headWidth, biases, deviations }),
  };
}

function deviationOf(config: ResolvedConfig, role: WeightRole, layers: number): number {
  return initialDeviation(config.initialisation, role, { ...config, layers });
}

const matrix = (shape: [number, number], deviation: number) => ({ shape, initial: { deviation } });

function numbered(count: number, make: () => SpecTree): SpecTree {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index), make()]));
}
