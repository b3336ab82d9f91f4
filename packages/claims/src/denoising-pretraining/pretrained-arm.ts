import type { ClaimArm, Preset } from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";
import { sights } from "../trained/sight.ts";

/** Sizes and budgets of each preset. */
export const presets = {
  quick: {
    model: { width: 32, layers: 1, heads: 2 },
    pretraining: { steps: 80, batch: 8 },
    steps: 80,
    batch: 32,
    controls: false,
    evaluation: { scored: 300, decoded: 50, curvePoints: 4 },
  },
  full: {
    model: { width: 64, layers: 2, heads: 4 },
    pretraining: { steps: 400, batch: 16 },
    steps: 400,
    batch: 64,
    controls: true,
    evaluation: { scored: 1000, decoded: 300, curvePoints: 8 },
  },
} as const;

/** Positions of the model: a window of text fills them, and so does the longest word with its phones. */
const length = 128;

/** The models and their own objectives, as the papers have them but for the size. */
export const styles = {
  T5: {
    objective: { name: "span-corruption" },
    model: {
      positions: "t5",
      norm: "rms",
      biases: false,
      activation: "relu",
      attentionScale: "none",
      scaleOutputs: true,
      initialisation: "t5",
    },
  },
  BART: {
    objective: { name: "bart" },
    model: {
      positions: "learned",
      restartPositions: true,
      norm: "layer",
      normPlacement: "post",
      embeddingNorm: true,
      activation: "gelu",
      initialisation: "bart",
    },
  },
} as const satisfies Readonly<Record<string, Pick<TrainingSettings, "objective" | "model">>>;

export type StyleName = keyof typeof styles;

/** The style, seed and budget of an arm. */
export interface PretrainedArmOptions {
  readonly style: StyleName;
  readonly preset: Preset;
  readonly seed: number;
  /** Steps on the task. */
  readonly steps: number;
  readonly pretrained: boolean;
}

/** Returns a training on spelling to pronunciation in bytes, with or without denoising before it. */
export function armOf({ style, preset, seed, steps, pretrained }: PretrainedArmOptions): ClaimArm<TrainingNumbers> {
  const { model, batch, pretraining, evaluation } = presets[preset];
  const before = {
    ...pretraining,
    objective: styles[style].objective,
    datasets: [{ name: "moby-dick" }, { name: "state-of-the-union" }],
  };
  return trainingArm({
    name: style,
    ...sights["encoder–decoder"],
    seed,
    steps,
    batch,
    length,
    packing: length,
    evaluation,
    model: { ...model, ...styles[style].model },
    dataset: { name: "cmudict" },
    tokenizer: { name: "byte", options: { special: { mask: true, sentinels: 32 } } },
    pretraining: pretrained ? before : undefined,
  });
}
