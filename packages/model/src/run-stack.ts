import type { AttentionBias, AttentionKernel, PositionRows } from "@trivium/attention";
import { alibiSlopes } from "@trivium/attention";
import { hashWords } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import {
  type AttendOptions,
  feedForward,
  type KeyValues,
  multiHeadAttention,
  norm,
  projectKeyValues,
  rotation,
} from "@trivium/nn";
import { dropout, type ParameterTree, type Tensor, type Tensor3D, tf } from "@trivium/tensor";
import type { ResolvedConfig } from "./resolve-config.ts";
import type { LayerParameters, StackParameters } from "./stack-parameters.ts";

/** How one stack is run: over whole rows in training and prefill, or over one new token of each row in decoding. */
export interface StackRun {
  readonly config: ResolvedConfig;
  readonly kernel: AttentionKernel;
  readonly selfMask: Mask;
  /** Logical positions of the tokens that are run, `[B or 1][Q]`. */
  readonly queryPositions: PositionRows;
  /** Logical positions of the keys that they see, `[B or 1][K]`. */
  readonly keyPositions: PositionRows;
  /** Whether positions see later ones; T5 gives those buckets of their own. */
  readonly bidirectional: boolean;
  /** From the keys and values of these tokens to all that they see: the cache's place. Default: these alone. */
  readonly extend?: (layer: number, fresh: KeyValues) => KeyValues;
  readonly cross?: { readonly mask: Mask; readonly keyValues: (layer: number) => KeyValues };
  /** A seed turns dropout on. */
  readonly dropoutSeed?: string | undefined;
}

/**
 * Runs a stack of layers over embedded tokens.
 *
 * @param x - `[B, Q, M]`.
 * @returns `[B, Q, M]`, after the last norm.
 */
export function runStack(parameters: StackParameters, x: Tensor3D, run: StackRun): Tensor3D {
  const { config } = run;
  const shared = sharedOptions(parameters, run);
  let states: Tensor = drop(x, run, "embedding");
  parameters.layers.forEach((layer, index) => {
    states = runLayer(layer, states, { run, shared, index });
  });
  return (parameters.norm ? norm(parameters.norm, states, config.normEpsilon) : states) as Tensor3D;
}

interface LayerRun {
  readonly run: StackRun;
  readonly shared: SelfAttentionOptions;
  readonly index: number;
}

function runLayer(layer: LayerParameters, x: Tensor, { run, shared, index }: LayerRun): Tensor {
  const { config, cross } = run;
  let states = residual(layer.self, x, run, `${index}/self`, (input) => {
    const fresh = projectKeyValues(layer.self, input, config.keyValueHeads, shared.keyRotary);
    const keyValues = run.extend ? run.extend(index, fresh) : fresh;
    return multiHeadAttention(layer.self, input, keyValues, withDropout(shared, run, `${index}/self/probabilities`));
  });
  if (layer.cross && cross) {
    const { heads, kernel, scale } = shared;
    const options = withDropout({ heads, kernel, scale, mask: cross.mask }, run, `${index}/cross/probabilities`);
    const parameters = layer.cross;
    states = residual(parameters, states, run, `${index}/cross`, (input) =>
      multiHeadAttention(parameters, input, cross.keyValues(index), options),
    );
  }
  return residual(layer.feedForward, states, run, `${index}/feed-forward`, (input) =>
    feedForward(layer.feedForward, input, config.activation),
  );
}

/** `x + branch(norm(x))`, or `norm(x + branch(x))`. */
function residual(
  parameters: ParameterTree,
  x: Tensor,
  run: StackRun,
  site: string,
  branch: (input: Tensor) => Tensor,
): Tensor {
  const { normPlacement, normEpsilon } = run.config;
  const normalise = (states: Tensor) => norm(parameters.norm as ParameterTree, states, normEpsilon);
  if (normPlacement === "pre") return tf.add(x, drop(branch(normalise(x)), run, site));
  return normalise(tf.add(x, drop(branch(x), run, site)));
}

interface SelfAttentionOptions extends AttendOptions {
  readonly keyRotary?: NonNullable<AttendOptions["rotary"]>;
}

function sharedOptions(parameters: StackParameters, run: StackRun): SelfAttentionOptions {
  const { config, kernel, selfMask, queryPositions } = run;
  const { heads, headWidth, attentionScale, positions, rotaryBase } = config;
  const bias = selfBias(parameters, run);
  const rotary = positions === "rotary" ? rotation(queryPositions, headWidth, rotaryBase) : undefined;
  return {
    kernel,
    heads,
    mask: selfMask,
    scale: attentionScale === "none" ? 1 : headWidth ** -0.5,
    ...(bias ? { bias } : {}),
    // Keys are rotated as they are made, so those of the cache already are.
    ...(rotary ? { rotary, keyRotary: rotary } : {}),
  };
}

function selfBias({ relative }: StackParameters, run: StackRun): AttentionBias | undefined {
  const { config, queryPositions, keyPositions, bidirectional } = run;
  if (relative) {
    const { relativeDirection, relativeMaxDistance: maxDistance } = config;
    const both = relativeDirection === "from-mask" ? bidirectional : relativeDirection === "bidirectional";
    return { kind: "relative", table: relative, bidirectional: both, maxDistance, queryPositions, keyPositions };
  }
  if (config.positions === "alibi") {
    return { kind: "alibi", slopes: alibiSlopes(config.heads), queryPositions, keyPositions };
  }
  return undefined;
}

function withDropout(options: AttendOptions, run: StackRun, site: string): AttendOptions {
  const { config, dropoutSeed } = run;
  if (dropoutSeed === undefined || config.dropout === 0) return options;
  return { ...options, dropout: { rate: config.dropout, seed: siteSeed(dropoutSeed, site) } };
}

function drop<T extends Tensor>(x: T, { config, dropoutSeed }: StackRun, site: string): T {
  return dropoutSeed === undefined ? x : dropout(x, { rate: config.dropout, seed: siteSeed(dropoutSeed, site) });
}

const siteSeed = (seed: string, site: string): number => hashWords(`${seed}/${site}`)[0];
