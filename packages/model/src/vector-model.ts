import type { AttentionKernel } from "@trivium/attention";
import { type Random, ShapeError } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import { affine, affineSpec, createTree } from "@trivium/nn";
import { type ParameterTree, type SpecTree, type Tensor, type Tensor3D, tf } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { checkTogether } from "./check-input.ts";
import type { ModelOptions } from "./config.ts";
import { forwardFlops, type RowLengths } from "./counters.ts";
import type { ForwardOptions } from "./model.ts";
import { parameterSpecs } from "./parameter-specs.ts";
import { isMerged, type ResolvedConfig, resolveConfig } from "./resolve-config.ts";
import { runStreams } from "./run-streams.ts";

/** The configuration of a model whose tokens are vectors: what others have but the vocabulary. */
export interface VectorModelOptions extends Omit<ModelOptions, "vocabulary" | "tiedHead"> {
  /** The width of a vector that goes in. */
  readonly inputs: number;
  /** The width of a vector that comes out. */
  readonly outputs: number;
}

export interface CreateVectorModelOptions {
  readonly architecture: Architecture;
  readonly config: VectorModelOptions;
  readonly attention: AttentionKernel;
}

/** Rows of vectors, all of one length. */
export interface VectorInput {
  /** `[B, L, inputs]` of each stream. */
  readonly streams: Readonly<Record<string, Tensor3D>>;
  /** One for each row. Default: zeros. */
  readonly prefixLengths?: readonly number[];
}

/** A model whose tokens are vectors: it predicts a vector at every position of its last stream. */
export interface VectorModel {
  readonly architecture: Architecture;
  readonly config: ResolvedConfig;
  /** Name, shape and initialisation of each parameter. */
  readonly specs: SpecTree;
  createParameters(random: Random): ParameterTree;
  /**
   * @returns `[B, L, outputs]`.
   * @throws {ShapeError} `model/vectors` if a stream is missing, too long, of another width or another number of rows,
   *   `model/length` if the streams of merged attention are too long together.
   */
  predict(parameters: ParameterTree, input: VectorInput, options?: ForwardOptions): Tensor3D;
  /** FLOPs of the matrix products of one row's forward pass, as `forwardFlops` counts them. */
  forwardFlops(row: RowLengths): number;
}

/**
 * A model whose tokens are vectors: a linear map stands where the embedding of ids would, and another where the head
 * would; between them an architecture is what it always is.
 *
 * @throws {ConfigError} `model/config`, naming the field.
 * @example createVectorModel({ architecture: causal, config: { inputs: 5, outputs: 1, width: 64 }, attention: reference() })
 */
export function createVectorModel({ architecture, config, attention: kernel }: CreateVectorModelOptions): VectorModel {
  const { inputs, outputs, ...options } = config;
  const asModel: ModelOptions = { ...options, vocabulary: outputs, tiedHead: false };
  const resolved = resolveConfig(architecture, asModel);
  const { width } = resolved;
  const predict = (tree: ParameterTree, given: VectorInput, forward: ForwardOptions = {}) => {
    const input = inputOf(architecture, given, { inputs, length: resolved.length });
    if (isMerged(resolved)) checkTogether(architecture, resolved, input);
    const tokens = Object.fromEntries(
      architecture.streams.map((stream) => [stream, affine(tree.input as ParameterTree, given.streams[stream]!)]),
    );
    const states = runStreams({ architecture, config: resolved, kernel }, tree, input, { ...forward, tokens });
    return affine(tree.output as ParameterTree, states) as Tensor3D;
  };
  const specs = vectorSpecs(architecture, resolved, inputs);
  return {
    architecture,
    config: resolved,
    specs,
    createParameters: (random) => createTree(specs, random),
    predict: (tree, given, forward) => tf.tidy(() => predict(tree, given, forward)),
    forwardFlops(row) {
      const tokens = architecture.streams.reduce((sum, stream) => sum + (row.lengths[stream] ?? 0), 0);
      return forwardFlops(architecture, asModel, row).total + 2 * tokens * inputs * width;
    },
  };
}

function vectorSpecs(architecture: Architecture, config: ResolvedConfig, inputs: number): SpecTree {
  const {
    embedding: _ids,
    head: _logits,
    ...stacks
  } = parameterSpecs(architecture, config) as Record<string, SpecTree>;
  const { width, vocabulary: outputs, biases: bias } = config;
  return {
    input: affineSpec({ input: inputs, output: width, bias, deviation: (3 * inputs) ** -0.5 }),
    ...stacks,
    output: affineSpec({ input: width, output: outputs, bias, deviation: (3 * width) ** -0.5 }),
  };
}

/** The rows as a model's input whose ids nobody reads. */
function inputOf(
  { streams }: Architecture,
  given: VectorInput,
  { inputs, length: longest }: { inputs: number; length: number },
): ModelInput {
  const size = given.streams[streams[0] as string]?.shape[0] ?? 0;
  const rows = streams.map((stream) => {
    const { shape = [] } = (given.streams[stream] ?? {}) as Partial<Tensor>;
    const [rows, length = 0, width] = shape;
    if (shape.length !== 3 || rows !== size || size === 0 || length < 1 || length > longest || width !== inputs) {
      const wanted = `[${size || "B"}, at most ${longest}, ${inputs}]`;
      throw new ShapeError("model/vectors", `stream "${stream}" should be ${wanted}, got [${shape.join(", ")}]`, {
        details: { stream, shape: [...shape] },
      });
    }
    return [stream, { ids: new Int32Array(0), lengths: new Array<number>(size).fill(length), length }] as const;
  });
  const prefixLengths = given.prefixLengths ?? new Array<number>(size).fill(0);
  return { size, streams: Object.fromEntries(rows), prefixLengths };
}
