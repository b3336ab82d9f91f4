import type { AttentionBias, AttentionKernel, DistanceBias, PositionRows } from "@trivium/attention";
import { alibiSlopes } from "@trivium/attention";
import { hashWords } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import {
  type AttendOptions,
  attendAndMix,
  feedForward,
  multiHeadAttention,
  norm,
  normOfSum,
  type PagedKeyValues,
  type ProjectedKeyValues,
  projectAll,
  type Rotation,
  rotation,
} from "@trivium/nn";
import { dropout, type ParameterTree, recompute, type Tensor, type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import type { ResolvedConfig } from "./resolve-config.ts";
import type { LayerParameters, StackParameters } from "./stack-parameters.ts";

/** How one stack is run: over whole rows in training and prefill, or over one new token of each row in decoding. */
export interface StackRun {
  readonly config: ResolvedConfig;
  readonly kernel: AttentionKernel;
  readonly selfMask: Mask;
  /** Logical positions of the tokens that are run, `[B or 1][Q]`. */
  readonly queryPositions: PositionRows;
  /** Logical positions of the keys that they see, `[B or 1][K]`; absent where keys and values come from pages. */
  readonly keyPositions?: PositionRows | undefined;
  /** Whether positions see later ones; T5 gives those buckets of their own. */
  readonly bidirectional: boolean;
  /** Keeps the keys and values of memory and these tokens, and returns all that these tokens see. Default: these. */
  readonly extend?: ((layer: number, fresh: ProjectedKeyValues) => ProjectedKeyValues | PagedKeyValues) | undefined;
  readonly cross?: { readonly mask: Mask; readonly keyValues: (layer: number) => ProjectedKeyValues | PagedKeyValues };
  /** Keys and values of another stream, which stand before those of these tokens under one softmax. */
  readonly memory?: (layer: number) => ProjectedKeyValues;
  /** A seed turns dropout on. */
  readonly dropoutSeed?: string | undefined;
  /** Whether a layer keeps nothing for the backward pass but what goes in. */
  readonly checkpointing?: boolean | undefined;
  /** From the states before the first layer and after each one to those to go on with. Default: these. */
  readonly onStates?: (layer: number, states: Tensor3D) => Tensor3D;
}

/**
 * Runs a stack of layers over embedded tokens.
 *
 * @param x - `[B, Q, M]`.
 * @returns `[B, Q, M]`, after the last norm.
 */
export function runStack(parameters: StackParameters, x: Tensor3D, run: StackRun): Tensor3D {
  const { config } = run;
  const { headWidth, rotaryBase } = config;
  const shared: SharedTensors = {
    ...(parameters.relative && { relative: parameters.relative }),
    ...(config.positions === "rotary" && { rotary: rotation(run.queryPositions, headWidth, rotaryBase) }),
  };
  const runOne = run.checkpointing ? recomputedLayer : runLayer;
  const observed = (layer: number, states: Tensor): Tensor => run.onStates?.(layer, states as Tensor3D) ?? states;
  let states: Tensor = observed(0, drop(x, run, "embedding"));
  parameters.layers.forEach((layer, index) => {
    const keyValues = layer.cross ? run.cross?.keyValues(index) : run.memory?.(index);
    states = observed(index + 1, runOne({ x: states, layer, shared, ...(keyValues && { keyValues }) }, run, index));
  });
  return (parameters.norm ? norm(parameters.norm, states, config.normEpsilon) : states) as Tensor3D;
}

/** What all layers of a stack read. */
interface SharedTensors {
  readonly relative?: Tensor2D;
  readonly rotary?: Rotation;
}

/** The tensors that a layer reads. */
interface LayerTensors {
  readonly x: Tensor;
  readonly layer: LayerParameters;
  readonly shared: SharedTensors;
  /** Of the stream before it. */
  readonly keyValues?: ProjectedKeyValues | PagedKeyValues;
}

/** The same layer, run again in the backward pass instead of keeping what is between its tensors and its result. */
function recomputedLayer({ shared: { rotary, ...relative }, ...tensors }: LayerTensors, run: StackRun, index: number) {
  const inputs = { ...tensors, shared: relative } as unknown as ParameterTree;
  return recompute(
    (again, constants) => {
      const { shared, ...others } = again as unknown as LayerTensors;
      return runLayer({ ...others, shared: { ...shared, ...constants } }, run, index);
    },
    { inputs, constants: (rotary ? { rotary } : {}) as unknown as ParameterTree },
  );
}

/** What a layer adds to the stream of states, and the norm that goes with it. */
interface SubLayer {
  /** The place in the model, for dropout. */
  readonly site: string;
  readonly norm: ParameterTree;
  readonly branch: (input: Tensor) => Tensor;
}

function runLayer({ x, layer, shared, keyValues: ofMemory }: LayerTensors, run: StackRun, index: number): Tensor {
  const { config, cross } = run;
  const options = selfOptions(shared, run);
  const subLayers = [
    subLayer(layer.self, `${index}/self`, (input) => {
      const { heads, keyValueHeads } = config;
      const { query, ...own } = projectAll(layer.self, input, { heads, keyValueHeads, rotary: options.rotary });
      const fresh = run.memory ? behind(ofMemory as ProjectedKeyValues, own) : own;
      const keyValues = run.extend?.(index, fresh) ?? fresh;
      return attendAndMix(layer.self, query, keyValues, withDropout(options, run, `${index}/self/probabilities`));
    }),
  ];
  if (layer.cross && cross && ofMemory) {
    const { heads, kernel, scale } = options;
    const crossOptions = withDropout({ heads, kernel, scale, mask: cross.mask }, run, `${index}/cross/probabilities`);
    const parameters = layer.cross;
    const attend = (input: Tensor) => multiHeadAttention(parameters, input, ofMemory, crossOptions);
    subLayers.push(subLayer(parameters, `${index}/cross`, attend));
  }
  const feed = (input: Tensor) => feedForward(layer.feedForward, input, config.activation);
  subLayers.push(subLayer(layer.feedForward, `${index}/feed-forward`, feed));
  return config.normPlacement === "pre" ? preNorm(subLayers, x, run) : postNorm(subLayers, x, run);
}

const behind = (memory: ProjectedKeyValues, own: ProjectedKeyValues): ProjectedKeyValues => ({
  key: tf.concat([memory.key, own.key], 1),
  value: tf.concat([memory.value, own.value], 1),
});

const subLayer = (parameters: ParameterTree, site: string, branch: SubLayer["branch"]): SubLayer => ({
  ...{ site, branch },
  norm: parameters.norm as ParameterTree,
});

/** `x ← x + branch(norm(x))` for each; a sum and the norm that follows it are taken together. */
function preNorm(subLayers: readonly SubLayer[], x: Tensor, run: StackRun): Tensor {
  const { normEpsilon } = run.config;
  let states = x;
  let input = norm(subLayers[0]!.norm, x, normEpsilon);
  subLayers.forEach(({ branch, site }, index) => {
    const added = drop(branch(input), run, site);
    const next = subLayers[index + 1];
    if (next) ({ sum: states, normalised: input } = normOfSum(next.norm, states, added, normEpsilon));
    else states = tf.add(states, added);
  });
  return states;
}

/** `x ← norm(x + branch(x))` for each. */
const postNorm = (subLayers: readonly SubLayer[], x: Tensor, run: StackRun): Tensor =>
  subLayers.reduce(
    (states, { branch, site, norm: parameters }) =>
      norm(parameters, tf.add(states, drop(branch(states), run, site)), run.config.normEpsilon),
    x,
  );

// Keys are rotated as they are made, so those of a cache already are.
function selfOptions({ relative, rotary }: SharedTensors, run: StackRun): AttendOptions {
  const { config, kernel, selfMask } = run;
  const { heads, headWidth, attentionScale } = config;
  const bias = selfBias(relative, run);
  return {
    kernel,
    heads,
    mask: selfMask,
    scale: attentionScale === "none" ? 1 : headWidth ** -0.5,
    bias,
    rotary,
  };
}

function selfBias(relative: Tensor2D | undefined, run: StackRun): AttentionBias | undefined {
  const { queryPositions, keyPositions } = run;
  const bias = keyPositions && distanceBias(relative, run);
  return bias && { ...bias, queryPositions, keyPositions };
}

/** The bias of distances that self-attention adds, without the positions. */
export function distanceBias(
  relative: Tensor2D | undefined,
  { config, bidirectional }: Pick<StackRun, "config" | "bidirectional">,
): DistanceBias | undefined {
  if (relative) {
    const { relativeDirection, relativeMaxDistance: maxDistance } = config;
    const both = relativeDirection === "from-mask" ? bidirectional : relativeDirection === "bidirectional";
    return { kind: "relative", table: relative, bidirectional: both, maxDistance };
  }
  return config.positions === "alibi" ? { kind: "alibi", slopes: alibiSlopes(config.heads) } : undefined;
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
