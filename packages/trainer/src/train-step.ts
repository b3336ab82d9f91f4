import { ConfigError, DataError, NumericsError } from "@trivium/core";
import { flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { accumulateShards, disposeShards } from "./accumulate-shards.ts";
import { hasDiverged, withLoss } from "./divergence.ts";
import type { StepEvent, WarningEvent } from "./events.ts";
import { clipFactor } from "./global-norm.ts";
import { disposeRest, ownedPart } from "./ownership.ts";
import { type FaultCounts, recoveryOf, withStep } from "./recovery.ts";
import { allParameters, type Run } from "./run.ts";
import type { Reduced } from "./sharding.ts";
import { addCounts, joinRecords, readRecord, type StepNumbers } from "./step-record.ts";
import type { TrainOptions } from "./train-options.ts";

/** Resolution of a page's clock, in seconds. */
const CLOCK_SECONDS = 1e-4;

/** The event of a step, and warnings about it. */
export interface TakenStep {
  readonly event: StepEvent;
  readonly warnings: readonly WarningEvent[];
}

/**
 * Takes one step: gradients over the step's shards, one vote about their numbers, clipping, update. On an error the run
 * keeps its parameters.
 *
 * @throws {NumericsError} `trainer/not-finite` or `trainer/diverged`.
 * @throws {ConfigError} `trainer/learning-rate` if the schedule gives no rate.
 * @throws {DataError} `trainer/no-batches` if no shard has a batch.
 */
export async function trainStep<B>(run: Run, options: TrainOptions<B>, pause: () => Promise<void>): Promise<TakenStep> {
  const { clock = () => performance.now(), onPhase } = options;
  const started = clock();
  const { sharding, trained } = run;
  const { own, shards: of } = sharding;
  onPhase?.("data");
  const { batches, cursor } = await options.batches.step({ step: run.step, cursor: run.cursor, shards: own, of });
  const learningRate = rateOf(run, options);
  const { parameters } = trained;
  const sums = await accumulateShards({ parameters, own, of, batches, loss: lossOf(run, options), pause });
  onPhase?.("update");
  let reduced: Reduced | undefined;
  try {
    reduced = await sharding.reduce(sums.gradients);
    const record = await readRecord(sums, reduced.squares, { batches, counts: (batch) => options.task.counts(batch) });
    const numbers = { ...joinRecords(await sharding.vote(record), of), learningRate };
    const skipped = isSkipped(run, numbers, options);
    if (!skipped) {
      run.losses = checkedHistory(run, numbers, options);
      await update(run, options, { numbers, gradients: reduced.gradients });
    }
    run.step += 1;
    run.faults = withStep(run.faults, skipped);
    run.cursor = cursor;
    await sharding.verify?.(run.trained.parameters, run.step);
    // A clock of the caller's may jump back.
    const event = stepEvent(run, numbers, Math.max(0, clock() - started) / 1000);
    run.totals = event.totals;
    return { event, warnings: skipped ? [skipWarning(event, run.faults)] : warningsOf(event, numbers) };
  } finally {
    if (reduced) tf.dispose([...Object.values(flattenTree(reduced.gradients)), reduced.squares]);
    disposeShards(reduced ? { ...sums, gradients: [] } : sums);
    onPhase?.("end");
  }
}

/** Shard, step and micro-batch are in the seed, so a resumed run drops the same elements as an undisturbed one. */
function lossOf<B>(run: Run, { task, seed, recompute = false, onPhase }: TrainOptions<B>) {
  const parameters = allParameters(run);
  return (batch: B, index: number, shard: number) => {
    onPhase?.("forward");
    const place = run.sharding.shards === 1 ? index : `${shard}.${index}`;
    const loss = task.loss(parameters, batch, { seed: `${seed}/${run.step}/${place}`, recompute });
    onPhase?.("backward");
    return loss;
  };
}

function rateOf<B>({ step, faults }: Run, { schedule, recovery }: TrainOptions<B>): number {
  const rate = schedule(step) * recoveryOf(recovery).factor ** faults.rollBacks;
  if (Number.isFinite(rate) && rate >= 0) return rate;
  const message = `the schedule should give a rate ≥ 0 for step ${step}, got ${rate}`;
  throw new ConfigError("trainer/learning-rate", message, { details: { step, rate } });
}

interface NumbersWithRate extends StepNumbers {
  readonly learningRate: number;
}

/** Returns whether the update of a step is left out. */
function isSkipped<B>({ faults }: Run, { loss, gradientNorm }: StepNumbers, { recovery }: TrainOptions<B>): boolean {
  const { action, limit } = recoveryOf(recovery);
  return action === "skip" && faults.inRow < limit && !(Number.isFinite(loss) && Number.isFinite(gradientNorm));
}

/** Checks the numbers, which are the same in every process, and returns the history with their loss. */
function checkedHistory<B>(run: Run, numbers: NumbersWithRate, options: TrainOptions<B>): Run["losses"] {
  const { loss, gradientNorm, batches } = numbers;
  if (batches === 0) throw new DataError("trainer/no-batches", "a step needs at least one batch, got none");
  const refusal = refusing(run, numbers, options.checkpoint?.store.location);
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) throw refusal("trainer/not-finite", "is not finite");
  const { divergence = {} } = options;
  if (divergence === false) return run.losses;
  const losses = withLoss(run.losses, loss, divergence);
  if (!hasDiverged(losses, divergence)) return losses;
  const best = losses.best?.toPrecision(4);
  throw refusal("trainer/diverged", `has been far above its best, ${best}, for ${losses.tooHigh} steps`);
}

/** Returns a function that makes the error of a broken step from a code and from what is wrong with its loss. */
function refusing(
  { step: before, savedStep }: Run,
  { loss, gradientNorm, learningRate }: NumbersWithRate,
  location: string | undefined,
): (code: string, what: string) => NumericsError {
  const step = before + 1;
  const shown = `loss ${loss}, gradient norm ${gradientNorm}, learning rate ${learningRate}`;
  const resume = `Resume from the good checkpoint of step ${savedStep} in ${location}`;
  const remedy = `${savedStep === undefined ? "Start again" : resume} with a lower learning rate or clipping`;
  const details = { step, loss, gradientNorm, learningRate, savedStep };
  return (code, what) => {
    const message = `training stopped at step ${step}: the loss or its gradient ${what} (${shown}). ${remedy}`;
    return new NumericsError(code, message, { details });
  };
}

/** Updates the rows that this process owns. */
async function update<B>(
  run: Run,
  { optimizer, clipNorm }: TrainOptions<B>,
  { numbers, gradients }: { readonly numbers: NumbersWithRate; readonly gradients: ParameterTree },
): Promise<void> {
  const { parameters } = run.trained;
  const owned = ownedPart(parameters, run.slices);
  const updated = optimizer.apply({ ...run.trained, parameters: owned }, gradients, {
    learningRate: numbers.learningRate,
    step: run.step + 1,
    gradientScale: clipFactor(numbers.gradientNorm, clipNorm) / numbers.tokens,
  });
  const whole = await run.sharding.publish(updated.parameters);
  disposeRest(updated.parameters, whole);
  disposeRest(parameters, owned);
  run.trained = { ...updated, parameters: whole };
}

function stepEvent({ step, totals }: Run, numbers: NumbersWithRate, seconds: number): StepEvent {
  const { counts, loss, learningRate, gradientNorm, tasks } = numbers;
  return {
    type: "step",
    step,
    loss,
    learningRate,
    gradientNorm,
    tasks,
    ...counts,
    seconds,
    tokensPerSecond: counts.seenTokens / Math.max(seconds, CLOCK_SECONDS),
    totals: { ...addCounts([totals, counts]), seconds: totals.seconds + seconds },
  };
}

function skipWarning({ step, loss, gradientNorm }: StepEvent, { skipped }: FaultCounts): WarningEvent {
  const problem = `the loss or its gradient of step ${step} is not finite (loss ${loss}, gradient norm ${gradientNorm})`;
  const message = `${problem}; the step has no update, ${skipped} of them so far`;
  return { type: "warning", step, code: "trainer/skipped-step", message };
}

function warningsOf({ step, supervisedTokens }: StepEvent, { unreached }: StepNumbers): WarningEvent[] {
  if (supervisedTokens === 0) {
    const message = `step ${step} has no target token; its loss counts as 0`;
    return [{ type: "warning", step, code: "trainer/no-targets", message }];
  }
  if (unreached.length === 0) return [];
  const message = `the loss does not reach ${unreached.length} parameters, which only decay: ${unreached.join(", ")}`;
  return [{ type: "warning", step, code: "trainer/unreached-parameters", message }];
}
