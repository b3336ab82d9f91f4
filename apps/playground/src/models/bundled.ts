import type { ArmName } from "../train/names.ts";
import type { TrainSettings } from "../train/train-settings.ts";

/** The run of which the models beside the page come, and its steps: see `scripts/train-models.ts`. */
export const bundledSettings: TrainSettings = {
  task: "reverse",
  pair: "half",
  width: 32,
  layers: 2,
  heads: 4,
  rate: 0.003,
  batch: 64,
  seed: 1,
};

export const BUNDLED_STEPS = 500;

/** The place of a model beside the page. */
export const bundledFile = (name: ArmName): string => `models/${name}.safetensors`;
