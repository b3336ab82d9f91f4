import { CheckpointError, createRandom } from "@trivium/core";
import { disposeTree, type ParameterTree } from "@trivium/tensor";
import type { Snapshot } from "./checkpoint-store.ts";
import { noHistory } from "./divergence.ts";
import type { WarningEvent } from "./events.ts";
import { disposeState, disposeTrained, type Run } from "./run.ts";
import { assertSameRun, checkNumericIdentity } from "./run-description.ts";
import type { CheckpointOptions, TrainOptions } from "./train-options.ts";
import { treeOfArrays } from "./tree-arrays.ts";

/** A run that is ready to go on, and what its consumer should know about how it was opened. */
export interface OpenedRun {
  readonly run: Run;
  readonly warnings: readonly WarningEvent[];
}

/**
 * A fresh run, or the one that the newest whole checkpoint holds.
 *
 * @throws {CheckpointError} `trainer/holds-a-run` if the store has a checkpoint and `resume` was not asked for;
 *   `trainer/other-run`, `trainer/numeric-identity` or `trainer/parameters` if it does not fit.
 */
export async function openRun(options: TrainOptions): Promise<OpenedRun> {
  const { checkpoint, resume = false } = options;
  const parameters = options.parameters ?? options.model.createParameters(createRandom(options.seed).split("init"));
  try {
    const { snapshot, skipped } = await newest(checkpoint);
    if (snapshot && !resume) throw holdsARun(checkpoint as CheckpointOptions, snapshot);
    const run = freshRun(parameters, options);
    if (!snapshot) return { run, warnings: skipped };
    try {
      return restore(run, snapshot, options, skipped);
    } finally {
      disposeState(run.trained.state);
      disposeTree(parameters);
    }
  } catch (error) {
    disposeTree(parameters);
    throw error;
  }
}

async function newest(checkpoint: CheckpointOptions | undefined) {
  const skipped: WarningEvent[] = [];
  const snapshot = await checkpoint?.store.latest((message) => {
    skipped.push({ type: "warning", step: 0, code: "trainer/skipped-checkpoint", message });
  });
  return { snapshot, skipped };
}

function holdsARun({ store }: CheckpointOptions, { state }: Snapshot): CheckpointError {
  const message = `${store.location} holds a run at step ${state.step}: resume it, or use another place`;
  return new CheckpointError("trainer/holds-a-run", message, {
    details: { location: store.location, step: state.step },
  });
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

/** The run that the snapshot holds; `like` gives names and shapes and stays with the caller. */
function restore(like: Run, snapshot: Snapshot, options: TrainOptions, skipped: readonly WarningEvent[]): OpenedRun {
  const location = options.checkpoint?.store.location ?? "";
  assertSameRun(snapshot, options, location);
  const changes = checkNumericIdentity(snapshot, options, location);
  const { step, totals, losses } = snapshot.state;
  const parameters = treeOfArrays(snapshot.model, like.trained.parameters, "model");
  const trained = { parameters, state: {} };
  try {
    const state = treeOfArrays(snapshot.optimizer, like.trained.state, "optimizer state");
    const run: Run = {
      trained: { parameters, state: state as Run["trained"]["state"] },
      step,
      totals,
      losses,
      savedStep: step,
    };
    return { run, warnings: [...skipped, ...numericChange(changes, step)] };
  } catch (error) {
    disposeTrained(trained);
    throw error;
  }
}

const numericChange = (changes: readonly string[], step: number): WarningEvent[] =>
  changes.length === 0
    ? []
    : [
        {
          type: "warning",
          step,
          code: "trainer/numeric-change",
          message: `other arithmetic from here on: ${changes.join("; ")}`,
        },
      ];
