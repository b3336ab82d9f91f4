import { ConfigError, DataError, type Json, NumericsError } from "@trivium/core";
import { disposeTree } from "@trivium/tensor";
import { type AccumulatedShards, accumulateShards, disposeShards } from "./accumulate-shards.ts";
import { hasDiverged, withLoss } from "./divergence.ts";
import type { StepEvent, WarningEvent } from "./events.ts";
import { clipFactor } from "./global-norm.ts";
import { disposeRest, ownedPart } from "./ownership.ts";
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
  const { clock = () => performance.now() } = options;
  const started = clock();
  const { step, sharding } = run;
  options.onPhase?.("data");
  const { own, shards: of } = sharding;
  const { batches, cursor } = await options.batches.step({ step, cursor: run.cursor, shards: own, of });
  const learningRate = rateOf(options, step);
  const sums = await accumulateShards({
    parameters: run.trained.parameters,
    own,
    of,
    batches,
    loss: lossOf(run, options),
    pause,
  });
  options.onPhase?.("update");
  const reduced = await reduceShards(run, sums);
  try {
    const record = await readRecord(sums, reduced.squares, { batches, counts: (batch) => options.task.counts(batch) });
    const numbers = joinRecords(await sharding.vote(record), of);
    await update(run, options, { numbers, learningRate, cursor, gradients: reduced.gradients });
    const seconds = (clock() - started) / 1000;
    const event = stepEvent(run, { ...numbers, learningRate, seconds });
    run.totals = event.totals;
    return { event, warnings: warningsOf(event, numbers) };
  } finally {
    disposeTree(reduced.gradients);
    reduced.squares.dispose();
    disposeShards({ ...sums, gradients: [] });
    options.onPhase?.("end");
  }
}

/** Shard, step and micro-batch are in the seed, so a resumed run drops the same elements as an undisturbed one. */
function lossOf<B>(run: Run, { task, seed, recompute = false, onPhase }: TrainOptions<B>) {
  const parameters = allParameters(run);
  return (batch: B, index: number, shard: number) => {
    onPhase?.("forward");
    const place = run.sharding.shards === 1 ? index : `${shard}.${index}`;
    const loss = task.loss(parameters, batch, {
      seed: `${seed}/${run.step}/${place}`,
      recompute,
    });
    onPhase?.("backward");
    return loss;
  };
}

async function reduceShards({ sharding }: Run, sums: AccumulatedShards): Promise<Reduced> {
  try {
    return await sharding.reduce(sums.gradients);
  } catch (error) {
    disposeShards(sums);
    throw error;
  }
}

function rateOf<B>({ schedule }: TrainOptions<B>, step: number): number {
  const rate = schedule(step);
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new ConfigError("trainer/learning-rate", `the schedule should give a rate ≥ 0 for step ${step}, got ${rate}`, {
    details: { step, rate },
  });
}

interface StepUpdate {
  readonly numbers: StepNumbers;
  readonly learningRate: number;
  readonly cursor: Json;
  readonly gradients: Reduced["gradients"];
}

/** Checks the numbers, which are the same in every process, and updates the rows that this process owns. */
async function update<B>(run: Run, options: TrainOptions<B>, { numbers, learningRate, ...step }: StepUpdate) {
  if (numbers.batches === 0) throw new DataError("trainer/no-batches", "a step needs at least one batch, got none");
  assertFinite(run, { ...numbers, learningRate }, options);
  run.losses = checkedHistory(run, { ...numbers, learningRate }, options);
  const { parameters, state } = run.trained;
  const owned = ownedPart(parameters, run.slices);
  const updated = options.optimizer.apply({ parameters: owned, state }, step.gradients, {
    learningRate,
    step: run.step + 1,
    gradientScale: clipFactor(numbers.gradientNorm, options.clipNorm) / numbers.tokens,
  });
  const whole = await run.sharding.publish(updated.parameters);
  disposeRest(updated.parameters, whole);
  disposeRest(parameters, owned);
  run.trained = { parameters: whole, state: updated.state };
  run.step += 1;
  run.cursor = step.cursor;
}

interface Checked extends StepNumbers {
  readonly learningRate: number;
}

function assertFinite<B>(run: Run, numbers: Checked, options: TrainOptions<B>): void {
  const { loss, gradientNorm } = numbers;
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw numericsError("trainer/not-finite", "is not finite", { run, numbers, options });
}

function checkedHistory<B>(run: Run, numbers: Checked, options: TrainOptions<B>): Run["losses"] {
  const { divergence = {} } = options;
  if (divergence === false) return run.losses;
  const losses = withLoss(run.losses, numbers.loss, divergence);
  if (!hasDiverged(losses, divergence)) return losses;
  const what = `has been far above its best, ${losses.best?.toPrecision(4)}, for ${losses.tooHigh} steps`;
  throw numericsError("trainer/diverged", what, { run, numbers, options });
}

interface BrokenStep<B> {
  readonly run: Run;
  readonly numbers: Checked;
  readonly options: TrainOptions<B>;
}

function numericsError<B>(code: string, what: string, { run, numbers, options }: BrokenStep<B>): NumericsError {
  const { loss, gradientNorm, learningRate } = numbers;
  const step = run.step + 1;
  const shown = `loss ${loss}, gradient norm ${gradientNorm}, learning rate ${learningRate}`;
  const resume = `Resume from the good checkpoint of step ${run.savedStep} in ${options.checkpoint?.store.location}`;
  const remedy = `${run.savedStep === undefined ? "Start again" : resume} with a lower learning rate or clipping`;
  const message = `training stopped at step ${step}: the loss or its gradient ${what} (${shown}). ${remedy}`;
  return new NumericsError(code, message, {
    details: { step, loss, gradientNorm, learningRate, savedStep: run.savedStep },
  });
}

function stepEvent(
  { step, totals }: Run,
  { counts, loss, learningRate, gradientNorm, seconds }: TimedNumbers,
): StepEvent {
  return {
    type: "step",
    step,
    loss,
    learningRate,
    gradientNorm,
    ...counts,
    seconds,
    tokensPerSecond: counts.seenTokens / Math.max(seconds, CLOCK_SECONDS),
    totals: { ...addCounts([totals, counts]), seconds: totals.seconds + seconds },
  };
}

interface TimedNumbers extends Checked {
  readonly seconds: number;
}

function warningsOf({ step, supervisedTokens }: StepEvent, { unreached }: StepNumbers): WarningEvent[] {
  const warnings: WarningEvent[] = [];
  if (supervisedTokens === 0) {
    const message = `step ${step} has no target token; its loss counts as 0`;
    warnings.push({ type: "warning", step, code: "trainer/no-targets", message });
  } else if (unreached.length > 0) {
    const message = `the loss does not reach ${unreached.length} parameters, which only decay: ${unreached.join(", ")}`;
    warnings.push({ type: "warning", step, code: "trainer/unreached-parameters", message });
  }
  return warnings;
}
