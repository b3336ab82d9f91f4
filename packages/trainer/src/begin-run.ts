import { ConfigError, createRandom } from "@trivium/core";
import { disposeTree, flattenSpecs, flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { noneSoFar } from "./best.ts";
import { checkOptions } from "./check-options.ts";
import type { OpenedStore, Snapshot } from "./checkpoint-store.ts";
import { noHistory } from "./divergence.ts";
import type { WarningEvent } from "./events.ts";
import { oneProcess } from "./one-process.ts";
import type { OptimizerState } from "./optimizer.ts";
import { disposeRest, ownedPart, slicesOf } from "./ownership.ts";
import { noFaults } from "./recovery.ts";
import { disposeState, type Run } from "./run.ts";
import { checkNumericIdentity, identityOf } from "./run-description.ts";
import { optimizerArrays } from "./save-run.ts";
import type { Sharding } from "./sharding.ts";
import type { TrainOptions } from "./train-options.ts";
import { problemsOf, treeOfArrays } from "./tree-arrays.ts";
import { partition, treeOf } from "./trees.ts";

/** A run that is ready to go on, and warnings about its beginning. */
export interface BegunRun {
  readonly run: Run;
  readonly warnings: readonly WarningEvent[];
}

const nothing: OpenedStore = { snapshot: undefined, skipped: [] };

/**
 * Begins a fresh run, or goes on with the one that the newest whole checkpoint holds.
 *
 * @throws {ConfigError} `trainer/options`, or `trainer/given-parameters` if the task has others.
 * @throws {CheckpointError} what the store's `open` throws; `trainer/numeric-identity` or `trainer/parameters` if the
 *   checkpoint does not fit.
 */
export async function beginRun<B>(options: TrainOptions<B>): Promise<BegunRun> {
  const { checkpoint, resume = false } = options;
  try {
    checkOptions(options);
    const request = { identity: identityOf(options), resume };
    const { snapshot, skipped } = (await checkpoint?.store.open(request)) ?? nothing;
    const changes = snapshot ? checkNumericIdentity(snapshot, options) : [];
    const sharding = (options.sharding ?? oneProcess)(options.shards ?? 1);
    const run = runOf(initialParameters(options, snapshot), options, { snapshot, sharding });
    if (snapshot && options.parameters) disposeTree(options.parameters);
    return { run, warnings: warningsOf(run.step, skipped, changes) };
  } catch (error) {
    if (options.parameters) disposeTree(options.parameters);
    throw error;
  }
}

/**
 * Returns the run of a snapshot, on the processes of a run that goes on there. The caller disposes what that one holds.
 *
 * @throws {CheckpointError} `trainer/parameters` if the snapshot does not fit.
 */
export const resumedRun = <B>({ sharding }: Run, options: TrainOptions<B>, snapshot: Snapshot): Run =>
  runOf(initialParameters(options, snapshot), options, { snapshot, sharding });

/** The parameters to go on from, in the order of the task's specifications. */
function initialParameters<B>({ task, seed, parameters }: TrainOptions<B>, snapshot: Snapshot | undefined) {
  const specs = flattenSpecs(task.specs);
  if (snapshot) return treeOfArrays({ ...snapshot.model, ...optimizerArrays(snapshot).trained }, specs, "model");
  const leaves = flattenTree(parameters ?? task.createParameters(createRandom(seed).split("init")));
  const problems = problemsOf(leaves, specs);
  if (problems.length > 0) {
    tf.dispose(Object.values(leaves));
    throw new ConfigError("trainer/given-parameters", `the parameters do not fit the task: ${problems.join("; ")}`);
  }
  return treeOf(Object.keys(specs), (path) => leaves[path]!);
}

/** The run of these parameters. Consumes them, on an error too. */
function runOf<B>(
  parameters: ParameterTree,
  options: TrainOptions<B>,
  { snapshot, sharding }: { readonly snapshot: Snapshot | undefined; readonly sharding: Sharding },
): Run {
  const { task, optimizer } = options;
  const [trained, frozen] = partition(parameters, (path) => task.trains?.(path) ?? true);
  try {
    const slices = slicesOf(trained, optimizer, sharding);
    const whole = optimizer.createState(trained);
    const state = ownedState(snapshot ? restoredState(snapshot, whole) : whole, { slices, parameters: trained });
    const paths = Object.keys(flattenTree(parameters));
    const numbers = snapshot?.state.optimizer;
    const opened = { trained: { parameters: trained, state, numbers }, frozen, paths, sharding, slices };
    if (!snapshot) return { ...opened, ...freshProgress };
    const { step, totals, losses, faults = noFaults, best = noneSoFar, cursor = null } = snapshot.state;
    return { ...opened, step, totals, losses, faults, best, cursor, savedStep: step };
  } catch (error) {
    disposeTree(parameters);
    throw error;
  }
}

const freshProgress = {
  step: 0,
  cursor: null,
  totals: { supervisedTokens: 0, seenTokens: 0, seconds: 0 },
  losses: noHistory,
  faults: noFaults,
  best: noneSoFar,
  savedStep: undefined,
};

/** The state that the snapshot holds. Consumes `fresh`, which gives names and shapes. */
function restoredState(snapshot: Snapshot, fresh: OptimizerState): OptimizerState {
  try {
    const { state } = optimizerArrays(snapshot);
    return treeOfArrays(state, flattenTree(fresh), "optimiser state") as OptimizerState;
  } finally {
    disposeState(fresh);
  }
}

/** The owned rows of each tree of a state. Consumes it. */
function ownedState(
  state: OptimizerState,
  { slices, parameters }: { readonly slices: Run["slices"]; readonly parameters: ParameterTree },
): OptimizerState {
  const owned = Object.entries(state).map(([name, tree]) => [name, ownedPart(tree, slices, parameters)] as const);
  for (const [name, part] of owned) disposeRest(state[name]!, part);
  return Object.fromEntries(owned);
}

function warningsOf(step: number, skipped: readonly string[], changes: readonly string[]): WarningEvent[] {
  const warning = (code: WarningEvent["code"], message: string): WarningEvent => ({
    type: "warning",
    step,
    code,
    message,
  });
  const warnings = skipped.map((message) => warning("trainer/skipped-checkpoint", message));
  if (changes.length === 0) return warnings;
  return [...warnings, warning("trainer/numeric-change", `other arithmetic from here on: ${changes.join("; ")}`)];
}
