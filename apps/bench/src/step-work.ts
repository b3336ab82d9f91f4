import { resolveArchitecture, resolveObjective } from "@trivium/compose";
import { createRandom } from "@trivium/core";
import { createBatchSource, type TrainingBatches } from "@trivium/data";
import type { Example } from "@trivium/features";
import { type Architecture, countModelParameters, type ModelOptions } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { reservedSpecials } from "@trivium/text";
import type { Work } from "./contender.ts";
import { plugins } from "./plugins.ts";

export const architectures = ["causal", "prefix", "encoder-decoder"] as const;

/** The sizes of a model and of its batches. */
export interface StepShape {
  readonly vocabulary: number;
  readonly length: number;
  readonly batch: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
}

/** Shapes by name: those of the targets. */
export const namedShapes = {
  S1: { vocabulary: 64, length: 16, batch: 256, width: 256, layers: 6, heads: 4 },
  S2: { vocabulary: 256, length: 256, batch: 16, width: 256, layers: 6, heads: 4 },
  S3: { vocabulary: 256, length: 512, batch: 8, width: 384, layers: 6, heads: 6 },
  S4: { vocabulary: 256, length: 1024, batch: 4, width: 256, layers: 6, heads: 4 },
} as const satisfies Record<string, StepShape>;

/** A training step, the same for every contender. Of 6·N operations a position, two are forward and four backward. */
export interface StepWork extends Work {
  readonly shape: StepShape;
  readonly architecture: Architecture;
  readonly config: ModelOptions;
  readonly objective: Objective;
  readonly batches: TrainingBatches;
  readonly parameters: number;
  /** Positions of a step in all streams. */
  readonly tokens: number;
}

/**
 * A training step of the PyTorch peer's model: learned positions, GELU, pre-norm, an untied head without bias.
 *
 * Half of a `prefix` row is prefix; half of an `encoder-decoder` row is source and half target, so that each position
 * passes one of the two stacks, and a source position with a target position makes one use of every parameter.
 */
export function stepWork(name: (typeof architectures)[number], shape: StepShape): StepWork {
  const { vocabulary, length, batch, width, layers, heads } = shape;
  const architecture = resolveArchitecture(name, plugins);
  const hasStreams = architecture.streams.length > 1;
  const positions = hasStreams ? length / 2 : length;
  const config = { vocabulary, length: positions, width, layers, heads, head: { tied: false } } satisfies ModelOptions;
  const objective = resolveObjective({}, architecture, plugins);
  const parameters = countModelParameters(architecture, config);
  return {
    label: `${name} ${Object.values(shape).join(" ")}`,
    shape,
    architecture,
    config,
    objective,
    batches: createBatchSource({
      examples: randomExamples(name, shape),
      special: reservedSpecials(),
      objective,
      batchSize: batch,
      seed: 0,
    }),
    parameters,
    tokens: batch * length,
    flops: 6 * parameters * batch * positions,
  };
}

/** As many as a batch has, each of the very length. */
function randomExamples(name: (typeof architectures)[number], { vocabulary, length, batch }: StepShape): Example[] {
  const random = createRandom(0).split("bench");
  const ids = (size: number) => Array.from({ length: size }, () => random.integer(vocabulary));
  const half = length / 2;
  const example = {
    causal: () => ({ tokens: ids(length + 1) }),
    // SEP ends the prefix; EOS is only predicted.
    prefix: () => ({ source: ids(half - 1), target: ids(half) }),
    // EOS ends the source, BOS starts the target.
    "encoder-decoder": () => ({ source: ids(half - 1), target: ids(half - 1) }),
  }[name];
  return Array.from({ length: batch }, (): Example => example());
}
