import { type Composition, composeOrThrow } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { type Architecture, type ModelOptions, readsOf } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { Backend } from "@trivium/tensor";
import type { PairTokenizer } from "@trivium/text";
import { type Optimizer, runBetas, runRates, type Schedule } from "@trivium/trainer";
import type { Plugins } from "./load-registry.ts";
import type { Output } from "./output.ts";
import { type PreparedAttention, prepareAttention } from "./prepare-attention.ts";
import { prepareBackend } from "./prepare-backend.ts";
import { type ModelSettings, modelSettings, type SharedSettings } from "./settings.ts";

/** What the data decides of a model. */
export interface DataSizes {
  readonly tokenizer: Pick<PairTokenizer, "name" | "size" | "special">;
  readonly length: number;
}

/** A combination that works, with all that its settings name. */
export interface PreparedModel extends Composition {
  readonly attention: PreparedAttention;
  readonly backend: Backend;
  readonly config: ModelOptions;
}

/**
 * The parts that the settings name, put together.
 *
 * @throws {UnknownPluginError} for a name that no plugin has. @throws {ConfigError} `model/config`, naming the field.
 * @throws {UnsupportedError} `compose/refused` with every reason.
 */
export function prepareModel(
  settings: ModelSettings,
  registry: Plugins,
  { output, ...sizes }: DataSizes & { readonly output: Output },
): PreparedModel {
  const architecture = registry.find("architecture", settings.architecture).create as Architecture;
  const backend = prepareBackend(settings, registry);
  const attention = prepareAttention(settings.attention, registry, backend);
  const config = modelOptions(settings, sizes);
  const objective = prepareObjective(settings, registry, architecture);
  const { labelLeaks, packing } = settings;
  const isPacked = packing !== undefined;
  const { tokenizer } = sizes;
  const parts = {
    architecture,
    config,
    objective,
    attention: attention.kernel,
    backend,
    tokenizer,
    labelLeaks,
    isPacked,
  };
  const composition = composeOrThrow(parts);
  for (const { message } of composition.warnings) output.note(`warning: ${message}`);
  return { ...composition, attention, backend, config };
}

/** The model's own settings, as far as they were given, and what the data decides. */
function modelOptions(settings: ModelSettings, { tokenizer, length }: DataSizes): ModelOptions {
  const given = Object.entries(settings).filter(([key, value]) => key in modelSettings && value !== undefined);
  const renamed = given.map(([key, value]) => [key === "modelAttention" ? "attention" : key, value]);
  return { ...Object.fromEntries(renamed), vocabulary: tokenizer.size, length };
}

function prepareObjective(settings: ModelSettings, registry: Plugins, architecture: Architecture): Objective {
  const { objective: name = defaultObjective(architecture), loss, labelSmoothing, zLoss } = settings;
  // Loss on the target is what all objectives have but this one; whether another one takes "all" is its own to say.
  const scope = name === "causal-lm" || loss === "all" ? { loss } : {};
  const options = Object.entries({ ...scope, labelSmoothing, zLoss }).filter(([, value]) => value !== undefined);
  return registry.create("objective", name, Object.fromEntries(options)) as Objective;
}

/** The objective that the streams of an architecture ask for, and what they read: a new architecture has one too. */
export function defaultObjective(architecture: Architecture): string {
  const [first, ...more] = architecture.streams;
  if (more.length > 0) return "seq2seq";
  return readsOf(architecture, first as string) === "past" ? "causal-lm" : "prefix-lm";
}

/** A schedule by name with its options, as plain JSON: a part of what a run is. */
export interface ScheduleOptions {
  readonly name: string;
  readonly options: Readonly<Record<string, number>>;
}

/** What the settings say about the schedule. One of the user's own gets its peak, warm-up and steps. */
export function scheduleOptions({ schedule, learningRate, steps, warmupSteps }: SharedSettings): ScheduleOptions {
  const rates = runRates({ learningRate, steps, warmupSteps });
  const warmup = { peak: rates.peak, warmupSteps: rates.warmupSteps };
  const options = new Map<string, ScheduleOptions["options"]>([
    ["constant", { rate: learningRate }],
    ["inverse-square-root", warmup],
    ["warmup-cosine", rates],
  ]);
  return { name: schedule, options: options.get(schedule) ?? { ...warmup, steps } };
}

/** @throws {ConfigError} `cli/schedule` if the plugin does not make a function of the step. */
export function prepareSchedule(settings: SharedSettings, registry: Plugins): Schedule {
  const { name, options } = scheduleOptions(settings);
  const made: unknown = registry.create("schedule", name, options);
  if (typeof made === "function") return made as Schedule;
  throw new ConfigError("cli/schedule", `schedule "${name}" made no function of the step, but ${typeof made}`);
}

/** One of the user's own is given the weight decay alone. */
export function prepareOptimizer({ optimizer, weightDecay }: SharedSettings, registry: Plugins): Optimizer {
  const betas = ["adam-w", "muon"].includes(optimizer) ? runBetas : {};
  return registry.create("optimizer", optimizer, { ...betas, weightDecay }) as Optimizer;
}
