import type { AttentionKernel } from "@trivium/attention";
import { type Composition, composeOrThrow } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import type { Architecture, ModelOptions } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { Backend } from "@trivium/tensor";
import type { Optimizer, Schedule } from "@trivium/trainer";
import type { Plugins } from "./load-registry.ts";
import type { Output } from "./output.ts";
import { modelSettings, type SharedSettings } from "./settings.ts";

/** The parts that the settings name, put together. */
export function prepareModel(
  settings: SharedSettings,
  registry: Plugins,
  { vocabulary, length, output }: { vocabulary: number; length: number; output: Output },
): Composition & { readonly attention: AttentionKernel } {
  const architecture = registry.find("architecture", settings.architecture).create as Architecture;
  const attention = registry.create("attention", settings.attention, {}) as AttentionKernel;
  const composition = composeOrThrow({
    architecture,
    config: modelOptions(settings, { vocabulary, length }),
    objective: prepareObjective(settings, registry, architecture),
    attention,
    backend: registry.find("backend", settings.backend).create as Backend,
    labelLeaks: settings.labelLeaks,
  });
  for (const { message } of composition.warnings) output.note(`warning: ${message}`);
  return { ...composition, attention };
}

/** The model's own settings, as given. */
export function modelOptions(settings: SharedSettings, sizes: { vocabulary: number; length: number }): ModelOptions {
  const given = Object.keys(modelSettings).filter((key) => settings[key as never] !== undefined);
  const { vocabulary, length } = sizes;
  return { ...Object.fromEntries(given.map((key) => [key, settings[key as never]])), vocabulary, length };
}

/** The objective that is named, or the one that fits the architecture. */
export function prepareObjective(settings: SharedSettings, registry: Plugins, architecture: Architecture): Objective {
  const { loss, labelSmoothing, zLoss } = settings;
  const name = settings.objective ?? defaultObjective(architecture);
  // Loss on every token is a choice of causal language modelling only.
  const scope = loss !== undefined && (name === "causal-lm" || settings.objective !== undefined) ? { loss } : {};
  const options = { ...scope, labelSmoothing, zLoss };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return registry.create("objective", name, given) as Objective;
}

/** By the streams and by whether a position sees later ones, so that a new architecture has one too. */
function defaultObjective({ streams, selfMask }: Architecture): string {
  if (streams.length > 1) return "seq2seq";
  const mask = typeof selfMask === "function" ? selfMask({ prefixLengths: 2 }) : undefined;
  return mask?.visible(0, 0, 0, 1) ? "prefix-lm" : "causal-lm";
}

/** @throws {ConfigError} `cli/schedule` if the schedule cannot be made from these settings. */
export function prepareSchedule(
  { schedule, learningRate, steps, warmupSteps }: SharedSettings,
  registry: Plugins,
): Schedule {
  const warmup = warmupSteps ?? Math.ceil(steps / 10);
  const options: Readonly<Record<string, unknown>> = {
    constant: { rate: learningRate },
    "warmup-cosine": { peak: learningRate, warmupSteps: warmup, steps, floor: learningRate * 0.02 },
    "inverse-square-root": { peak: learningRate, warmupSteps: warmup },
  };
  const made = registry.create(
    "schedule",
    schedule,
    options[schedule] ?? { peak: learningRate, warmupSteps: warmup, steps },
  );
  if (typeof made !== "function")
    throw new ConfigError("cli/schedule", `schedule "${schedule}" made no function of the step`);
  return made as Schedule;
}

export const prepareOptimizer = ({ weightDecay }: SharedSettings, registry: Plugins): Optimizer =>
  registry.create("optimizer", "adam-w", { beta1: 0.9, beta2: 0.98, weightDecay }) as Optimizer;
