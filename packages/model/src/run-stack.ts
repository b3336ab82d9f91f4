import type { AttentionKernel, DistanceBias, PositionRows } from "@trivium/attention";
import { hashWords } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import {
  type AttendOptions,
  attendAndMix,
  feedForward,
  multiHeadAttention,
  type NormOptions,
  norm,
  normOfSum,
  type PagedKeyValues,
  type ProjectedKeyValues,
  projectAll,
  type Rotation,
} from "@trivium/nn";
import { dropout, type ParameterTree, recompute, type Tensor, type Tensor3D, tf } from "@trivium/tensor";
import { schemeOf } from "./positions-config.ts";
import { queryKeyNormOf, type ResolvedConfig } from "./resolve-config.ts";
import type { LayerParameters, StackParameters } from "./stack-parameters.ts";

/** One run of a stack: over whole rows in training and prefill, or over new tokens of each row in decoding. */
export interface StackRun {
  readonly config: ResolvedConfig;
  readonly kernel: AttentionKernel;
  /** The self-attention mask of each layer: one object for all layers of one window. */
  readonly selfMasks: readonly Mask[];
  /** Logical positions of the tokens that are run, `[B or 1][Q]`. */
  readonly queryPositions: PositionRows;
  /** Logical positions of the keys that they see, `[B or 1][K]`; absent where keys and values come from pages. */
  readonly keyPositions?: PositionRows | undefined;
  /** True if positions see later ones; T5 gives those buckets of their own. */
  readonly bidirectional: boolean;
  /** Keeps the keys and values of memory and these tokens, and returns all that these tokens see. Default: these. */
  readonly extend?: ((layer: number, fresh: ProjectedKeyValues) => ProjectedKeyValues | PagedKeyValues) | undefined;
  readonly cross?:
    | { readonly mask: Mask; readonly keyValues: (layer: number) => ProjectedKeyValues | PagedKeyValues }
    | undefined;
  /** Keys and values of another stream, which stand before those of these tokens under one softmax. */
  readonly memory?: ((layer: number) => ProjectedKeyValues) | undefined;
  /** A seed turns dropout on. */
  readonly dropoutSeed?: string | undefined;
  /** Keeps nothing of a layer for the backward pass but what goes in. */
  readonly recompute?: boolean | undefined;
  /** From the states before the first layer and after each one to those to go on with. Default: these. */
  readonly onStates?: ((layer: number, states: Tensor3D) => Tensor3D) | undefined;
}

/**
 * Runs a stack of layers over embedded tokens.
 *
 * @param x - `[B, Q, M]`.
 * @returns `[B, Q, M]`, after the last norm.
 */
export function runStack(parameters: StackParameters, x: Tensor3D, run: StackRun): Tensor3D {
  const { config } = run;
  const scheme = schemeOf(config.positions);
  const shared: SharedTensors = {
    placed: scheme.bias && placedOf(parameters),
    rotary: scheme.rotate?.(run.queryPositions, config.headWidth),
  };
  const runOne = run.recompute ? recomputedLayer : runLayer;
  const observed = (layer: number, stream: Stream): Stream =>
    run.onStates ? { states: run.onStates(layer, sumOf(stream) as Tensor3D) } : stream;
  const { embeddingNorm } = parameters;
  const embedded = embeddingNorm ? norm(embeddingNorm, x, config.norm) : x;
  let stream = observed(0, { states: drop(embedded, run, "embedding") });
  parameters.layers.forEach((layer, index) => {
    // Without a tape, nothing of a layer outlives it but its stream.
    const next = tf.tidy(() => {
      const keyValues = layer.cross ? run.cross?.keyValues(index) : run.memory?.(index);
      return runOne({ stream, layer, shared, keyValues }, run, index);
    });
    stream = observed(index + 1, next);
  });
  return (parameters.norm ? normOf(stream, parameters.norm, config.norm).normalised : sumOf(stream)) as Tensor3D;
}

/**
 * The stream of states between two parts of a stack: their sum with what the last part adds is taken with the next norm. A
 * type and no interface, as `tf.tidy` wants.
 */
type Stream = {
  readonly states: Tensor;
  readonly added?: Tensor | undefined;
};

const sumOf = ({ states, added }: Stream): Tensor => (added ? tf.add(states, added) : states);

/** The sum of a stream, and its norm. */
function normOf({ states, added }: Stream, parameters: ParameterTree, options: NormOptions) {
  if (!added) return { sum: states, normalised: norm(parameters, states, options) };
  const taken = normOfSum(parameters, [states, added], options);
  // It comes from a layer whose scope is closed; the tape keeps what it needs of it.
  added.dispose();
  return taken;
}

/** The tensors that all layers of a stack read. */
interface SharedTensors {
  /** The parameters of the position scheme, if it has a bias. */
  readonly placed?: ParameterTree | undefined;
  readonly rotary?: Rotation | undefined;
}

/** The tensors that a layer reads. */
interface LayerTensors {
  readonly stream: Stream;
  readonly layer: LayerParameters;
  readonly shared: SharedTensors;
  /** The keys and values of the stream before it. */
  readonly keyValues?: ProjectedKeyValues | PagedKeyValues | undefined;
}

/** The same layer, run again in the backward pass instead of keeping what is between its tensors and its result. */
function recomputedLayer(
  { stream, shared: { placed, rotary }, ...tensors }: LayerTensors,
  run: StackRun,
  index: number,
): Stream {
  const present = Object.entries({ x: sumOf(stream), ...tensors, placed }).filter(([, tensor]) => tensor !== undefined);
  const inputs = Object.fromEntries(present) as unknown as ParameterTree;
  const constants: ParameterTree = rotary ? { cosine: rotary.cosine, sine: rotary.sine } : {};
  const states = recompute(
    (again, turns) => {
      const { placed: parameters, x, ...others } = again as unknown as LayerTensors & SharedTensors & { x: Tensor };
      const turned = rotary && { ...rotary, ...(turns as unknown as Pick<Rotation, "cosine" | "sine">) };
      const shared = { placed: parameters, rotary: turned };
      return sumOf(runLayer({ ...others, stream: { states: x }, shared }, run, index));
    },
    { inputs, constants },
  );
  return { states };
}

/** A part of a layer that adds to the stream of states, with its norm. */
interface SubLayer {
  /** The place in the model, for dropout. */
  readonly site: string;
  /** The parameters of the branch and of the norm. */
  readonly parameters: ParameterTree;
  readonly branch: (input: Tensor) => Tensor;
}

function runLayer({ stream, layer, shared, keyValues: ofMemory }: LayerTensors, run: StackRun, index: number): Stream {
  const { config, cross } = run;
  const options = selfOptions(shared, run, index);
  const attendSelf = (input: Tensor): Tensor => {
    const { query, ...own } = projectAll(layer.self, input, { ...options, keyValueHeads: config.keyValueHeads });
    const fresh = run.memory ? behind(ofMemory as ProjectedKeyValues, own) : own;
    const keyValues = run.extend?.(index, fresh) ?? fresh;
    return attendAndMix(layer.self, query, keyValues, withDropout(options, run, `${index}/self/probabilities`));
  };
  const subLayers: SubLayer[] = [{ site: `${index}/self`, parameters: layer.self, branch: attendSelf }];
  if (layer.cross && cross && ofMemory) {
    const { rotary: _rotary, bias: _bias, ...others } = options;
    const crossOptions = withDropout({ ...others, mask: cross.mask }, run, `${index}/cross/probabilities`);
    const parameters = layer.cross;
    const attend = (input: Tensor) => multiHeadAttention(parameters, input, ofMemory, crossOptions);
    subLayers.push({ site: `${index}/cross`, parameters, branch: attend });
  }
  const feed = (input: Tensor) => feedForward(layer.feedForward, input, config.activation);
  subLayers.push({ site: `${index}/feed-forward`, parameters: layer.feedForward, branch: feed });
  return config.norm.placement === "pre" ? preNorm(subLayers, stream, run) : postNorm(subLayers, stream, run);
}

const behind = (memory: ProjectedKeyValues, own: ProjectedKeyValues): ProjectedKeyValues => ({
  key: tf.concat([memory.key, own.key], 1),
  value: tf.concat([memory.value, own.value], 1),
});

/** `x ← x + branch(norm(x))` for each; a sum and the norm that follows it are taken together, in the next layer too. */
function preNorm(subLayers: readonly SubLayer[], stream: Stream, run: StackRun): Stream {
  return subLayers.reduce(({ states, added }, { parameters, branch, site }): Stream => {
    const taken = normOf({ states, added }, parameters.norm as ParameterTree, run.config.norm);
    return { states: taken.sum, added: drop(branch(taken.normalised), run, site) };
  }, stream);
}

/** `x ← norm(x + branch(x))` for each. */
function postNorm(subLayers: readonly SubLayer[], stream: Stream, run: StackRun): Stream {
  let states = sumOf(stream);
  for (const { parameters, branch, site } of subLayers) {
    const added = drop(branch(states), run, site);
    states = norm(parameters.norm as ParameterTree, tf.add(states, added), run.config.norm);
  }
  return { states };
}

// Keys are rotated as they are made, so those of a cache already are.
function selfOptions({ placed, rotary }: SharedTensors, run: StackRun, layer: number): AttendOptions {
  const { config, kernel, selfMasks, queryPositions, keyPositions } = run;
  const { heads, headWidth, attention } = config;
  const bias = biasOf(placed ?? {}, run);
  return {
    kernel,
    heads,
    mask: selfMasks[layer] as Mask,
    scale: attention.scale === "none" ? 1 : headWidth ** -0.5,
    softCap: attention.softCap,
    bias: bias && keyPositions && { ...bias, queryPositions, keyPositions },
    rotary,
    queryKeyNorm: queryKeyNormOf(config),
  };
}

/** The parameters of a stack's position scheme: what is not the stack's own. */
function placedOf({ tree }: StackParameters): ParameterTree {
  const { layers: _layers, cross: _cross, norm: _norm, embeddingNorm: _embeddingNorm, ...placed } = tree;
  return placed;
}

/** The bias of distances that self-attention adds, without the positions. */
export const distanceBias = (stack: StackParameters, run: BiasedRun): DistanceBias | undefined =>
  biasOf(placedOf(stack), run);

type BiasedRun = Pick<StackRun, "config" | "bidirectional">;

const biasOf = (parameters: ParameterTree, { config, bidirectional }: BiasedRun): DistanceBias | undefined =>
  schemeOf(config.positions).bias?.({ parameters, heads: config.heads, bidirectional });

function withDropout(options: AttendOptions, run: StackRun, site: string): AttendOptions {
  const { config, dropoutSeed } = run;
  if (dropoutSeed === undefined || config.dropout === 0) return options;
  return { ...options, dropout: { rate: config.dropout, seed: siteSeed(dropoutSeed, site) } };
}

function drop<T extends Tensor>(x: T, { config, dropoutSeed }: StackRun, site: string): T {
  return dropoutSeed === undefined ? x : dropout(x, { rate: config.dropout, seed: siteSeed(dropoutSeed, site) });
}

const siteSeed = (seed: string, site: string): number => hashWords(`${seed}/${site}`)[0];
