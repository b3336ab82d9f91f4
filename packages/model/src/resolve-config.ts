import { ConfigError } from "@trivium/core";
import { validateWith } from "@trivium/registry";
import type { Architecture } from "./architecture.ts";
import { type ModelConfig, type ModelOptions, modelConfigSchema } from "./config.ts";
import { type Positions, schemeOf } from "./positions-config.ts";

/** A configuration whose derived sizes are all there. */
export interface ResolvedConfig extends ModelConfig {
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly feedForward: number;
}

type Refuse = (problem: string) => never;

/**
 * Validates a configuration and fills in what follows from it.
 *
 * @throws {ConfigError} `model/config`, naming the field.
 * @example resolveConfig(causal, { vocabulary: 64, width: 128, heads: 4 }).headWidth // => 32
 */
export function resolveConfig(architecture: Architecture, options: ModelOptions): ResolvedConfig {
  const what = `model "${architecture.name}"`;
  const config = validateWith(modelConfigSchema, options, { code: "model/config", what });
  const { width, heads, keyValueHeads = heads, feedForward = 4 * width } = config;
  const headWidth = config.headWidth ?? width / heads;
  const refuse: Refuse = (problem) => {
    throw new ConfigError("model/config", `${what}: ${problem}`, { details: { config } });
  };
  if (!Number.isInteger(headWidth))
    refuse(`width: ${width} is not a multiple of heads, ${heads}; change one or set headWidth`);
  if (heads % keyValueHeads !== 0) refuse(`keyValueHeads: heads, ${heads}, is not a multiple of ${keyValueHeads}`);
  const problem = schemeOf(config.positions).check?.({ headWidth });
  if (problem) refuse(problem);
  checkStreams(architecture, config, refuse);
  for (const stream of architecture.streams) layersOf(config, stream, refuse);
  return { ...config, positions: effectivePositions(architecture, config), keyValueHeads, headWidth, feedForward };
}

/** The target stream of an encoder–decoder begins at 0 as it is, unless its positions continue behind the source. */
function effectivePositions({ streams }: Architecture, config: ModelConfig): Positions {
  const { positions } = config;
  if (!("restart" in positions) || streams.length === 1 || isMerged(config)) return positions;
  return { ...positions, restart: false };
}

function checkStreams({ streams, crossMask }: Architecture, config: ModelConfig, refuse: Refuse): void {
  const [named, { sharedStacks, layers }] = [`the streams [${streams.join(", ")}]`, config];
  if (sharedStacks && streams.length < 2)
    refuse(`sharedStacks: there is one stream, "${streams[0]}", and nothing to share`);
  if (sharedStacks && typeof layers !== "number") refuse("layers: shared stacks have one number of layers");
  if (!isMerged(config) || (streams.length === 2 && crossMask)) return;
  const found = crossMask ? named : `no crossMask, and ${named}`;
  refuse(`crossAttention: "merged" is for two streams, the second attending to the first; there are ${found}`);
}

/** Returns whether the second stream attends to the first one in its self-attention. */
export const isMerged = ({ crossAttention }: Pick<ModelConfig, "crossAttention">): boolean =>
  crossAttention === "merged";

/** Returns the number of layers of a stream's stack. */
export function layersOf({ layers }: ModelConfig, stream: string, refuse: Refuse = fail): number {
  if (typeof layers === "number") return layers;
  return layers[stream] ?? refuse(`layers: no number of layers for stream "${stream}", got ${JSON.stringify(layers)}`);
}

const fail: Refuse = (problem) => {
  throw new ConfigError("model/config", problem);
};

/** Returns which linear maps have biases. */
export function biasesOf({ biases }: Pick<ModelConfig, "biases">) {
  return typeof biases === "boolean" ? { queryKeyValue: biases, output: biases, feedForward: biases } : biases;
}

/** The window of self-attention in a layer: `undefined` where there is none. */
export function windowOf({ attention }: Pick<ModelConfig, "attention">, layer: number): number | undefined {
  const { window } = attention;
  return (Array.isArray(window) ? window[layer % window.length] : window) ?? undefined;
}

/** The distinct windows of self-attention in the layers of a stream. */
export const windowsOf = (config: ModelConfig, stream: string): number[] => {
  const windows = Array.from({ length: layersOf(config, stream) }, (_, layer) => windowOf(config, layer));
  return [...new Set(windows)].filter((window) => window !== undefined);
};

/** The norm of queries and keys, if they have one. */
export const queryKeyNormOf = ({ attention, norm }: Pick<ModelConfig, "attention" | "norm">) =>
  attention.queryKeyNorm ? norm : undefined;
