import type { Preset } from "../framework/claim.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";
import { type RecallTraining, recallTraining } from "../trained/recall-training.ts";
import { sights } from "../trained/sight.ts";
import type { GoldRule } from "./source-attention.ts";

export interface Kind extends Pick<TrainingSettings, "architecture" | "objective" | "model"> {
  readonly name: string;
}

/** The index of the encoder–decoder among the kinds. */
export const encoderDecoderAt = 2;

export const sharedStacks = "encoder–decoder, shared";
export const oneStack = "prefix, one stack";
export const deepStack = "prefix, as deep as both stacks";

/**
 * Returns the compared kinds of models, and controls of equal FLOPs, of equal weights of both stacks and of equal
 * depth.
 *
 * Two stacks of N layers, one stack of N and one of 2 N have the same matrices, 16 N M² at width M. Attention looks a
 * key up, so feed-forwards may be narrow.
 */
function kindsOf(preset: Preset): { readonly kinds: readonly Kind[]; readonly controls: readonly Kind[] } {
  const { model } = recallTraining[preset];
  const { width, layers } = model;
  const stacks = { ...model, feedForward: width };
  const single = { ...model, feedForward: 6 * width };
  const deep = { ...model, layers: 2 * layers, feedForward: 2 * width };
  const { causal, prefix, "encoder–decoder": pair } = sights;
  return {
    kinds: [
      { name: "causal", ...causal, model: single },
      { name: "prefix", ...prefix, model: single },
      { name: "encoder–decoder", ...pair, model: stacks },
    ],
    controls: [
      { name: oneStack, ...prefix, model: stacks },
      { name: deepStack, ...prefix, model: deep },
      { name: sharedStacks, ...pair, model: { ...stacks, sharedStacks: true } },
      { name: "encoder–decoder, half as deep", ...pair, model: { ...stacks, layers: layers / 2 } },
    ],
  };
}

export interface Task {
  readonly title: string;
  readonly dataset: string;
  readonly gold: GoldRule;
  readonly unit: string;
  readonly kinds: readonly Kind[];
  /** L: the length of the longest trained source. */
  readonly longest: number;
  readonly steps: number;
}

type TaskData = Omit<Task, "kinds" | "longest" | "steps">;

export const recall: TaskData = {
  title: "key–value recall",
  dataset: "key-value-recall",
  gold: "recalled",
  unit: "pairs in the source",
};
export const copy: TaskData = {
  title: "copying",
  dataset: "copy",
  gold: "copied",
  unit: "letters in the source",
};

const quick = kindsOf("quick");
const full = kindsOf("full");

export interface LongInputSizes {
  readonly tasks: readonly Task[];
  readonly training: RecallTraining;
  readonly questions: number;
  readonly values: number;
  readonly train: number;
  /** Test examples of each length. */
  readonly each: number;
  /** Number of these whose attention is looked at. */
  readonly looked: number;
}

export const presets: Readonly<Record<Preset, LongInputSizes>> = {
  quick: {
    tasks: [{ ...recall, kinds: quick.kinds, longest: 2, steps: 2000 }],
    training: recallTraining.quick,
    questions: 1,
    values: 16,
    train: 10_000,
    each: 200,
    looked: 8,
  },
  full: {
    tasks: [
      { ...recall, kinds: [...full.kinds, ...full.controls], longest: 3, steps: 6000 },
      { ...copy, kinds: full.kinds, longest: 8, steps: 2000 },
    ],
    training: recallTraining.full,
    questions: 3,
    values: 8,
    train: 100_000,
    each: 500,
    looked: 32,
  },
};

export const lengthsOf = ({ longest }: Task): number[] => [1, 2, 4].map((times) => times * longest);
