import { activeTraits, countSpecs } from "@trivium/tensor";
import {
  type BatchShape,
  lossStage,
  type MemoryParts,
  type Stage,
  type Stages,
  streamStages,
} from "./memory-stages.ts";
import type { LanguageModel } from "./model.ts";
import { programFloats } from "./program-floats.ts";
import { isMerged, layersOf, resolveConfig } from "./resolve-config.ts";

/** A model whose memory is asked for. */
export type MeasuredModel = Pick<LanguageModel, "architecture" | "config" | "specs" | "attention">;

/** The answers that are decoded for each prompt. */
export interface AnswerSizes {
  /** The most tokens of an answer. */
  readonly room: number;
  /** Rows of each prompt: answers, or beams of all its answers. */
  readonly perPrompt: number;
}

const FLOAT_BYTES = 4;
/** What formulas leave out: positions of padded rows, statistics of norms, sizes rounded up to cache lines. */
const MARGIN = 1.1;
/** What kernels take for a moment whatever the size. */
const LEAST_FLOATS = 2 ** 16;
/** The share of free memory that can be used: the rest lies in pieces between tensors. */
const USABLE = 0.7;
/** Positions of a page of keys and values, and the least growth of pages. */
const [PAGE, GROWTH] = [32, 0.5];

const bytesOf = (floats: number): number => FLOAT_BYTES * Math.ceil(MARGIN * floats + LEAST_FLOATS);

/**
 * Returns the bytes at the peak of a pass without gradients: states, logits and the loss of each position.
 *
 * @param model - of `createModel`; other objectives' losses and attention kernels of your own may take more.
 * @example forwardBytes(model, { rows: 256, lengths: { tokens: 128 } }) / 2 ** 20
 */
export function forwardBytes(model: MeasuredModel, shape: BatchShape): number {
  const parts = partsOf(model);
  return bytesOf(Math.max(...streamPeaks(parts, shape), lossStage(parts, tokensOf(parts, shape)).running));
}

/**
 * Returns the bytes at the peak of a loss and its gradients, which are among them; parameters and optimiser state are not.
 *
 * @param options.recompute - whether layers run again in the backward pass. Default false.
 * @example gradientBytes(model, { rows: 16, lengths: { tokens: 256 } }) / 2 ** 20
 */
export function gradientBytes(model: MeasuredModel, shape: BatchShape, { recompute = false } = {}): number {
  const parts = partsOf(model);
  const streams = stagesOf(parts, shape).flatMap((stages) => backwardStages(stages, parts, recompute));
  const peak = backwardFloats([...streams, lossStage(parts, tokensOf(parts, shape))]);
  return bytesOf(Math.max(peak, countSpecs(model.specs)));
}

/**
 * Returns the bytes at the peak of decoding, if every answer takes its room: the prompts' pass, keys and values, logits,
 * and the program of a few rows.
 *
 * @param shape - of the prompts.
 */
export function decodingBytes(model: MeasuredModel, shape: BatchShape, { room, perPrompt }: AnswerSizes): number {
  const parts = partsOf(model);
  const { architecture, config } = parts;
  const [stream, before] = [architecture.streams.at(-1) as string, architecture.streams.at(-2) ?? ""];
  const { rows, lengths } = shape;
  const [prompt, source] = [lengths[stream] ?? 0, lengths[before] ?? 0];
  const held = isMerged(config) ? prompt + source : prompt;
  const slot = 2 * layersOf(config, stream) * config.keyValueHeads * config.headWidth;
  const pages = pagesAtEnd(rows * (Math.ceil(held / PAGE) + 1), rows * perPrompt, Math.ceil((held + room) / PAGE));
  const sources = architecture.crossMask && !isMerged(config) ? rows * Math.ceil(source / PAGE) : 0;
  const answers = rows * perPrompt;
  const step = Math.max(...streamPeaks(parts, { rows: answers, lengths: { [stream]: 1, [before]: 0 } }));
  const peaks = streamPeaks(parts, shape);
  const passes = Math.max(peaks.at(-1) as number, step + 3 * answers * config.vocabulary);
  const program = programFloats(parts, answers);
  return bytesOf(Math.max(...peaks, PAGE * slot * (pages + sources) + passes + program));
}

/** Pages of rows that grow from those of their prompts, each to `last` pages. */
function pagesAtEnd(first: number, rows: number, last: number): number {
  let pages = first;
  while (pages < rows * last) pages += Math.max(Math.min(rows, rows * last - pages), Math.ceil(pages * GROWTH));
  return pages;
}

/** Rows with their streams. */
type Rows = readonly { readonly streams: Readonly<Record<string, readonly number[]>> }[];

/**
 * Returns the shape of rows that are padded to the longest.
 *
 * @example shapeOf([{ streams: { tokens: [7] } }, { streams: { tokens: [7, 8] } }]) // => { rows: 2, lengths: { tokens: 2 } }
 */
export function shapeOf(rows: Rows): BatchShape {
  const names = Object.keys(rows[0]?.streams ?? {});
  const longest = (name: string) => rows.reduce((most, { streams }) => Math.max(most, streams[name]?.length ?? 0), 0);
  return { rows: rows.length, lengths: Object.fromEntries(names.map((name) => [name, longest(name)])) };
}

/**
 * Returns how many of these rows can run together in the memory that the active backend has left: all of them where it
 * knows no limit, and at least one.
 *
 * @param bytesOf - the bytes that a batch takes.
 */
export function rowsThatFit(rows: Rows, bytesOf: (shape: BatchShape) => number): number {
  const free = USABLE * (activeTraits().memory?.freeBytes() ?? Number.POSITIVE_INFINITY);
  const { lengths } = shapeOf(rows);
  let most = rows.length;
  while (most > 1) {
    const bytes = bytesOf({ rows: most, lengths });
    if (bytes <= free) return most;
    most = Math.max(1, Math.min(most - 1, Math.floor((most * free) / bytes)));
  }
  return most;
}

const partsOf = ({ architecture, config, attention }: MeasuredModel): MemoryParts => ({
  architecture,
  config: resolveConfig(architecture, config),
  attention: attention.name,
});

const stagesOf = (parts: MemoryParts, shape: BatchShape): Stages[] =>
  parts.architecture.streams.map((stream) => streamStages(parts, shape, stream));

const tokensOf = ({ architecture }: MemoryParts, { rows, lengths }: BatchShape): number =>
  rows * (lengths[architecture.streams.at(-1) as string] ?? 0);

const sum = (stages: readonly Stage[], of: keyof Stage): number => stages.reduce((all, stage) => all + stage[of], 0);

/** Numbers at the peak of each stream, in a pass without gradients up to the last states. */
function streamPeaks(parts: MemoryParts, shape: BatchShape): number[] {
  let left = 0;
  return stagesOf(parts, shape).map(({ embedding, layers, states }) => {
    left += embedding.running;
    let peak = left;
    for (const { subLayers } of layers) {
      let alive = left;
      for (const { running, moment } of subLayers) {
        alive += running;
        peak = Math.max(peak, alive + Math.max(0, moment));
      }
      left += states;
    }
    left += states;
    return Math.max(peak, left);
  });
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
function backwardStages({ embedding, layers, states }: Stages, { config }: MemoryParts, recompute: boolean): Stage[] {
  const nothing = { running: 0, moment: 0 };
  const run = layers.flatMap(({ subLayers, input }) => {
    if (!recompute) return subLayers;
    const parameters = sum(subLayers, "parameters");
    const backward = Math.max(0, backwardFloats(subLayers) - parameters);
    return [{ ...nothing, kept: input, backward, parameters }];
  });
  if (config.norm.placement === "post") return [embedding, ...run];
  return [embedding, ...run, { ...nothing, kept: 2 * states, backward: states, parameters: 2 * config.width }];
}
