import { type AttentionKernel, defaultAttention } from "@trivium/attention";
import { ConfigError } from "@trivium/core";
import { type Architecture, type ModelOptions, positionKinds, readsOf } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { AnyPlugin, Registry } from "@trivium/registry";
import type { Backend } from "@trivium/tensor";
import type { Tokenizer, TokenizerJson } from "@trivium/text";
import { movingAverage, type Optimizer, runRates, type Schedule } from "@trivium/trainer";
import type { Recipe } from "./recipe.ts";

/** A registry of any plugins. */
export type Plugins = Registry<AnyPlugin>;

/** A backend, and the attention kernel that runs on it. */
export interface Engine {
  /** Undefined where the current backend of the program computes. */
  readonly backend?: Backend | undefined;
  readonly attention: AttentionKernel;
  /** A line that says which kernel a default chose, and why. */
  readonly note?: string | undefined;
}

/**
 * Finds the backend and the attention kernel of a recipe; without a kernel's name, the default of the backend.
 *
 * @throws {UnknownPluginError} for a name that no plugin has. @throws {ConfigError} what `resolveBackend` throws.
 */
export function resolveEngine(
  { backend: of, attention }: Pick<Recipe, "backend" | "attention">,
  registry: Plugins,
): Engine & { readonly backend: Backend } {
  const backend = resolveBackend(of, registry);
  const chosen = defaultAttention(backend);
  const kernel = registry.create("attention", attention.name ?? chosen.name, attention.options ?? {});
  const note = attention.name === undefined ? `attention: ${chosen.name}, since ${chosen.why}` : undefined;
  return { backend, attention: kernel as AttentionKernel, note };
}

/**
 * Finds a backend, with the options that were given. `gemm` may be the name of a provider of the registry.
 *
 * @throws {UnknownPluginError} for a name that no plugin has. @throws {ConfigError} `compose/backend-options` if it takes
 *   none; what it throws itself.
 */
export function resolveBackend({ name, options = {} }: Recipe["backend"], registry: Plugins): Backend {
  const backend = registry.find("backend", name).create as Backend;
  const given = Object.keys(options);
  if (given.length === 0) return backend;
  if (!backend.withOptions) {
    const message = `backend "${backend.name}" takes no options; leave out ${given.join(", ")}`;
    throw new ConfigError("compose/backend-options", message);
  }
  const { gemm, precision: matmulPrecision, ...others } = options;
  const isProvider = registry.list("gemm").some((plugin) => plugin.name === gemm);
  const provider = isProvider ? registry.find("gemm", gemm as string) : gemm;
  return backend.withOptions({ ...others, gemm: provider, matmulPrecision });
}

/** Returns the facts about a backend that may change bits: its name, and whatever it says of its arithmetic. */
export const numericIdentity = async (backend: Backend): Promise<Record<string, string>> => ({
  backend: backend.name,
  ...(await backend.numericIdentity?.()),
});

/** Returns a function that makes a tokenizer, which may be one side of a pair, from its JSON. */
export const resolveTokenizer =
  (registry: Plugins) =>
  (json: TokenizerJson): Tokenizer =>
    registry.create("tokenizer", json.name, json) as Tokenizer;

/** @throws {UnknownPluginError} listing what there is. */
export const resolveArchitecture = (name: string, registry: Plugins): Architecture =>
  registry.find("architecture", name).create as Architecture;

/** Options of a model in which positions may be of a kind that only a registry knows. */
export type NamedModelOptions = Omit<ModelOptions, "positions"> & Pick<Recipe["model"], "positions">;

/**
 * Puts position schemes in the place of their names. Kinds that the model has itself stay as they are. A scheme keeps its
 * options beside its functions, so that a configuration that is written as JSON still names both.
 *
 * @throws {UnknownPluginError} listing the kinds that there are; what the plugin throws for its options.
 */
export function resolvePositions({ positions, ...config }: NamedModelOptions, registry: Plugins): ModelOptions {
  if (positions === undefined) return config;
  const { kind, ...options } = typeof positions === "string" ? { kind: positions } : positions;
  const isOwn = Object.values(options).some((option) => typeof option === "function");
  if (isOwn || positionKinds.some((known) => known === kind)) {
    return { ...config, positions: positions as ModelOptions["positions"] };
  }
  const scheme = registry.create("positions", kind, options) as object;
  return { ...config, positions: { ...options, ...scheme, kind } };
}

/**
 * The name of the objective that fits an architecture, by its streams and what they read. A new architecture has one
 * too.
 */
export function defaultObjective(architecture: Architecture): string {
  const [first, ...more] = architecture.streams;
  if (more.length > 0) return "seq2seq";
  return readsOf(architecture, first as string) === "past" ? "causal-lm" : "prefix-lm";
}

/**
 * Finds an objective, in the layout that fits the architecture where it has several.
 *
 * @throws {UnknownPluginError} listing what there is. @throws {ConfigError} for options that the objective does not take.
 */
export function resolveObjective(
  { name, options = {} }: Recipe["objective"],
  architecture: Architecture,
  registry: Plugins,
): Objective {
  const made = registry.create("objective", name ?? defaultObjective(architecture), options) as Objective;
  return made.fit?.(architecture) ?? made;
}

/**
 * Finds an optimiser, which gets a weight decay where nothing else is said, and a moving average where one is asked for.
 *
 * @throws {UnknownPluginError} listing what there is. @throws {ConfigError} `trainer/moving-average`
 */
export function resolveOptimizer(
  { name, options }: Recipe["optimizer"],
  registry: Plugins,
  average?: Recipe["average"],
): Optimizer {
  const made = registry.create("optimizer", name, { weightDecay: 0.01, ...options }) as Optimizer;
  return average ? movingAverage(made, average) : made;
}

/** The peak of a schedule that names none. */
const usualPeak = 1e-3;

/** Schedules that say every rate themselves. */
const complete: readonly string[] = ["points", "file"];

/**
 * The options of a schedule, filled in from the length of the run: `peak`, `warmupSteps` and `steps` have the same names
 * for every schedule, and one of the user's own gets all three. A schedule may be given another length than the run.
 *
 * @example scheduleOptions({ name: "constant", options: { peak: 0.5 } }, 100) // => { name: "constant", options: { rate: 0.5 } }
 */
export function scheduleOptions(
  { name, options = {} }: Recipe["schedule"],
  steps: number,
): { readonly name: string; readonly options: Readonly<Record<string, unknown>> } {
  if (complete.includes(name)) return { name, options };
  const { peak = options.rate ?? usualPeak, warmupSteps, steps: length = steps, ...others } = options;
  const of = { learningRate: peak as number, steps: length as number };
  const rates = runRates({ ...of, warmupSteps: warmupSteps as number | undefined });
  const warmup = { peak: rates.peak, warmupSteps: rates.warmupSteps };
  const filled = new Map<string, Readonly<Record<string, unknown>>>([
    ["constant", { rate: rates.peak }],
    ["exponential", { start: 1e-6, end: options.peak ?? 1, steps: length }],
    ["inverse-square-root", warmup],
    ["one-cycle", { peak, warmupSteps, steps: length }],
    ["warmup-cosine", rates],
    ["warmup-linear", rates],
    ["warmup-stable-decay", rates],
  ]);
  return { name, options: { ...(filled.get(name) ?? { ...warmup, steps: length }), ...others } };
}

/** @throws {ConfigError} `compose/schedule` if the plugin does not make a function of the step. */
export function resolveSchedule(recipe: Pick<Recipe, "schedule" | "steps">, registry: Plugins): Schedule {
  const { name, options } = scheduleOptions(recipe.schedule, recipe.steps);
  const made: unknown = registry.create("schedule", name, options);
  if (typeof made === "function") return made as Schedule;
  throw new ConfigError("compose/schedule", `schedule "${name}" made no function of the step, but ${typeof made}`);
}
