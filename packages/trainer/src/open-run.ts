import { createRandom } from "@trivium/core";
import { disposeTree, type ParameterTree } from "@trivium/tensor";
import { checkOptions } from "./check-options.ts";
import type { OpenedStore, Snapshot } from "./checkpoint-store.ts";
import { noHistory } from "./divergence.ts";
import type { WarningEvent } from "./events.ts";
import { disposeTrained, type Run } from "./run.ts";
import { checkNumericIdentity, identityOf } from "./run-description.ts";
import type { TrainOptions } from "./train-options.ts";
import { treeOfArrays } from "./tree-arrays.ts";

/** A run that is ready to go on, and what its consumer should know about how it was opened. */
export interface OpenedRun {
  readonly run: Run;
  readonly warnings: readonly WarningEvent[];
}

const nothing: OpenedStore = { snapshot: undefined, skipped: [] };

/**
 * A fresh run, or the one that the newest whole checkpoint holds.
 *
 * @throws {ConfigError} `trainer/options`.
 * @throws {CheckpointError} what the store's `open` throws; `trainer/numeric-identity` or `trainer/parameters` if the
 *   checkpoint does not fit.
 */
export async function openRun(options: TrainOptions): Promise<OpenedRun> {
  const { checkpoint, model, seed, resume = false } = options;
  let parameters = options.parameters;
  try {
    checkOptions(options);
    const request = { identity: identityOf(options), resume };
    const { snapshot, skipped } = (await checkpoint?.store.open(request)) ?? nothing;
    const changes = snapshot ? checkNumericIdentity(snapshot, options) : [];
    parameters ??= model.createParameters(createRandom(seed).split("init"));
    const fresh = freshRun(parameters, options);
    const run = snapshot ? restored(fresh, snapshot) : fresh;
    return { run, warnings: warningsOf(run.step, skipped, changes) };
  } catch (error) {
    if (parameters) disposeTree(parameters);
    throw error;
  }
}

function freshRun(parameters: ParameterTree, { optimizer }: TrainOptions): Run {
  return {
    trained: { parameters, state: optimizer.createState(parameters) },
    step: 0,
    totals: { supervisedTokens: 0, seenTokens: 0, seconds: 0 },
    losses: noHistory,
    savedStep: undefined,
  };
}

/** The run that the snapshot holds. Consumes `fresh`, which gives names and shapes. */
function restored({ trained }: Run, { model, optimizer, state }: Snapshot): Run {
  let parameters: ParameterTree | undefined;
  try {
    parameters = treeOfArrays(model, trained.parameters, "model");
    const optimizerState = treeOfArrays(optimizer, trained.state, "optimiser state") as typeof trained.state;
    const { step, totals, losses } = state;
    return { trained: { parameters, state: optimizerState }, step, totals, losses, savedStep: step };
  } catch (error) {
    if (parameters) disposeTree(parameters);
    throw error;
  } finally {
    disposeTrained(trained);
  }
}

function warningsOf(step: number, skipped: readonly string[], changes: readonly string[]): WarningEvent[] {
  const warnings = skipped.map(
    (message): WarningEvent => ({ type: "warning", step, code: "trainer/skipped-checkpoint", message }),
  );
  if (changes.length === 0) return warnings;
  const message = `other arithmetic from here on: ${changes.join("; ")}`;
  return [...warnings, { type: "warning", step, code: "trainer/numeric-change", message }];
}
