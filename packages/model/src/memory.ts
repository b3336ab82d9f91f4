import type { ModelInput, StreamRows } from "@trivium/features";
import { countSpecs } from "@trivium/tensor";
import { type BatchShape, lossStage, type MemoryParts, type Stage, type Stages, streamStages } from "./memory-stages.ts";
import type { LanguageModel } from "./model.ts";
import { isMerged, layersOf } from "./resolve-config.ts";

/** A model whose memory is asked for. */
export type MeasuredModel = Pick<LanguageModel, "architecture" | "config" | "specs" | "attention">;

const FLOAT_BYTES = 4;

const stagesOf = (parts: MemoryParts, shape: BatchShape): Stages[] =>
  parts.architecture.streams.map((stream) => streamStages(parts, shape, stream));

const partsOf = ({ architecture, config, attention }: MeasuredModel): MemoryParts => ({ architecture, config: config as MemoryParts["config"], attention: attention.name });

const tokensOf = ({ architecture }: Pick<MemoryParts, "architecture">, { rows, lengths }: BatchShape): number =>
  rows * (lengths[architecture.streams.at(-1) as string] ?? 0);

export function forwardBytes(model: MeasuredModel, shape: BatchShape): number {
  const parts = partsOf(model);
  const loss = lossStage(parts, tokensOf(parts, shape));
  return FLOAT_BYTES * Math.max(statesFloats(stagesOf(parts, shape)), loss.running);
}

/** Numbers at the peak of a pass without gradients, up to the last states. */
function statesFloats(streams: readonly Stages[]): number {
  let [left, peak] = [0, 0];
  for (const { embedding, layers, last } of streams) {
    left += embedding.output;
    for (const { subLayers } of layers) {
      let alive = left;
      for (const { running, moment } of subLayers) {
        alive += running;
        peak = Math.max(peak, alive, alive + moment);
      }
      left += last;
    }
    left += last;
    peak = Math.max(peak, left);
  }
  return peak;
}

const sum = (stages: readonly Stage[], of: keyof Stage): number => stages.reduce((all, stage) => all + stage[of], 0);

export function gradientBytes(model: MeasuredModel, shape: BatchShape, { recompute = false } = {}): number {
  const parts = partsOf(model);
  const streams = stagesOf(parts, shape);
  const stages = [...streams.flatMap((stream) => backwardStages(stream, parts, recompute)), lossStage(parts, tokensOf(parts, shape))];
  return FLOAT_BYTES * Math.max(backwardFloats(stages), countSpecs(model.specs));
}

/** Numbers at the peak of the backward pass through parts, gradients of their parameters included. */
function backwardFloats(stages: readonly Stage[]): number {
  let [kept, gradients, peak] = [sum(stages, "kept"), 0, 0];
  for (const stage of [...stages].reverse()) {
    peak = Math.max(peak, kept + gradients + stage.backward + stage.parameters);
    kept -= stage.kept;
    gradients += stage.parameters;
  }
  return peak;
}

/** The parts of a stream in forward order, as the backward pass finds them. */
function backwardStages({ embedding, layers, last }: Stages, { config }: MemoryParts, recompute: boolean): Stage[] {
  const norm = config.norm.placement === "pre" ? { output: 0, running: 0, moment: 0, kept: 2 * last, backward: last, parameters: 2 * config.width } : undefined;
  const run = layers.flatMap(({ subLayers, input }) => {
    if (!recompute) return subLayers;
    const parameters = sum(subLayers, "parameters");
    const backward = Math.max(0, backwardFloats(subLayers) - parameters);
    return [{ output: 0, running: 0, moment: 0, kept: input, backward, parameters }];
  });
  return [embedding, ...run, ...(norm ? [norm] : [])];
}
