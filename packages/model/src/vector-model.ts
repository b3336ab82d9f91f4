import { ShapeError } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import { affine, affineSpec, createTree } from "@trivium/nn";
import { type LinearMap, type ParameterTree, type SpecTree, type Tensor, type Tensor3D, tf } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { checkTogether } from "./check-input.ts";
import type { ModelOptions } from "./config.ts";
import { forwardFlops, type RowLengths } from "./counters.ts";
import type { CreateModelOptions } from "./create-model.ts";
import { readOutStates } from "./embed.ts";
import type { ForwardOptions, Model } from "./model.ts";
import { parameterSpecs } from "./parameter-specs.ts";
import { biasesOf, isMerged, type ResolvedConfig, resolveConfig } from "./resolve-config.ts";
import { runStreams } from "./run-streams.ts";

/** The configuration of a model whose tokens are vectors: what others have but the vocabulary. */
export interface VectorModelOptions extends Omit<ModelOptions, "vocabulary" | "head"> {
  /** The width of a vector that goes in. */
  readonly inputs: number;
  /** The width of a vector that comes out. */
  readonly outputs: number;
}

export interface CreateVectorModelOptions extends Omit<CreateModelOptions, "config"> {
  readonly config: VectorModelOptions;
}

/** Rows of vectors, all of one length. */
export interface VectorInput {
  /** B, the number of rows. */
  readonly size: number;
  /** `[B, L, inputs]` of each stream. */
  readonly streams: Readonly<Record<string, Tensor3D>>;
  /** One for each row. Default: zeros. */
  readonly prefixLengths?: readonly number[] | undefined;
}

/** A model whose tokens are vectors: its logits are the vector that it predicts at every position. */
export interface VectorModel extends Model<VectorInput> {
  readonly architecture: Architecture;
  readonly config: ResolvedConfig;
  /** Counts the FLOPs of the matrix products of one row's forward pass, as `forwardFlops` does. */
  forwardFlops(row: RowLengths): number;
}

/**
 * Makes a model whose tokens are vectors. A linear map stands in the place of the embedding of ids, and another, with its
 * bias, is the head; between them an architecture is what it always is.
 *
 * @throws {ConfigError} `model/config`, naming the field.
 * @example createVectorModel({ architecture: causal, config: { inputs: 5, outputs: 1, width: 64 }, attention: reference() })
 */
export function createVectorModel({ architecture, config, attention: kernel }: CreateVectorModelOptions): VectorModel {
  const { inputs, outputs, ...options } = config;
  const { streams } = architecture;
  const asModel: ModelOptions = { ...options, vocabulary: outputs, head: { tied: false } };
  const resolved = resolveConfig(architecture, asModel);
  const { width, length } = resolved;
  const specs = vectorSpecs(architecture, resolved, inputs);
  const finalStates = (tree: ParameterTree, given: VectorInput, forward: ForwardOptions): Tensor => {
    const input = inputOf(architecture, given, { inputs, length });
    if (isMerged(resolved)) checkTogether(architecture, resolved, input);
    const mapped = streams.map((stream) => [stream, affine(tree.input as ParameterTree, given.streams[stream]!)]);
    const tokens = Object.fromEntries(mapped) as Record<string, Tensor>;
    return runStreams({ architecture, config: resolved, kernel }, tree, input, { ...forward, tokens });
  };
  return {
    architecture,
    config: resolved,
    specs,
    vocabulary: outputs,
    length,
    streams,
    createParameters: (random) => createTree(specs, random),
    states: (tree, given, forward = {}) => tf.tidy(() => readOutStates(resolved, finalStates(tree, given, forward))),
    readOut: ({ output }) => ({ ...(output as unknown as LinearMap), transpose: false }),
    forwardFlops(row) {
      const tokens = streams.reduce((sum, stream) => sum + (row.lengths[stream] ?? 0), 0);
      return forwardFlops(architecture, asModel, row).total + 2 * tokens * inputs * width;
    },
  };
}

function vectorSpecs(architecture: Architecture, config: ResolvedConfig, inputs: number): SpecTree {
  const ofIds = parameterSpecs(architecture, config) as Record<string, SpecTree>;
  const { embedding: _ids, head: _logits, ...stacks } = ofIds;
  const { width, vocabulary: outputs } = config;
  const bias = biasesOf(config).feedForward;
  return {
    input: affineSpec({ input: inputs, output: width, bias, deviation: (3 * inputs) ** -0.5 }),
    ...stacks,
    output: affineSpec({ input: width, output: outputs, bias, deviation: (3 * width) ** -0.5 }),
  };
}

/** The rows as a model's input, whose ids are not read. */
function inputOf(
  { streams }: Architecture,
  given: VectorInput,
  { inputs, length: longest }: { inputs: number; length: number },
): ModelInput {
  const { size, prefixLengths = new Array<number>(size).fill(0) } = given;
  const rows = streams.map((stream) => {
    const { shape = [] } = (given.streams[stream] ?? {}) as Partial<Tensor>;
    const [rows, length = 0, width] = shape;
    if (shape.length !== 3 || rows !== size || size < 1 || length < 1 || length > longest || width !== inputs) {
      const wanted = `[${size}, at most ${longest}, ${inputs}]`;
      const message = `stream "${stream}" should be ${wanted}, got [${shape.join(", ")}]`;
      throw new ShapeError("model/vectors", message, { details: { stream, shape: [...shape] } });
    }
    return [stream, { ids: new Int32Array(0), lengths: new Array<number>(size).fill(length), length }] as const;
  });
  return { size, streams: Object.fromEntries(rows), prefixLengths };
}
