import { ConfigError, NumericsError } from "@trivium/core";
import type { Batch } from "@trivium/features";
import { disposeTree, flattenTree, squaredNorms, tf } from "@trivium/tensor";
import { type Accumulated, accumulate } from "./accumulate.ts";
import { hasDiverged, withLoss } from "./divergence.ts";
import type { StepEvent, Totals, WarningEvent } from "./events.ts";
import { clipFactor, normOf } from "./global-norm.ts";
import { lossOf } from "./loss-of.ts";
import type { Run } from "./run.ts";
import type { TrainOptions } from "./train-options.ts";

/** A page's clock may stand still for so long. */
const CLOCK_SECONDS = 1e-4;

/** What is told about a step that was taken. */
export interface TakenStep {
  readonly event: StepEvent;
  readonly warnings: readonly WarningEvent[];
}

/**
 * One step: gradients over the step's micro-batches, checks, clipping, update. On an error the run keeps its parameters.
 *
 * @throws {NumericsError} `trainer/not-finite` or `trainer/diverged`.
 * @throws {ConfigError} `trainer/learning-rate` if the schedule gives no rate.
 */
export async function trainStep(run: Run, options: TrainOptions, pause: () => Promise<void>): Promise<TakenStep> {
  const started = performance.now();
  const { step, trained } = run;
  options.onPhase?.("data");
  const batches = options.batches.batches(step);
  const learningRate = rateOf(options, step);
  const accumulated = await accumulate({
    parameters: trained.parameters,
    batches,
    pause,
    loss(batch, index) {
      options.onPhase?.("forward");
      const loss = lossOfMicroBatch(batch, index, run, options);
      options.onPhase?.("backward");
      return loss;
    },
  });
  options.onPhase?.("update");
  try {
    const measured = await measure(accumulated);
    assertFinite(run, { ...measured, learningRate }, options);
    run.losses = checkedHistory(run, { ...measured, learningRate }, options);
    const gradientScale = clipFactor(measured.gradientNorm, options.clipNorm) / accumulated.tokens;
    run.trained = options.optimizer.apply(trained, accumulated.gradients, {
      learningRate,
      step: step + 1,
      gradientScale,
    });
    run.step = step + 1;
    const event = stepEvent(run, {
      ...measured,
      learningRate,
      batches,
      options,
      seconds: (performance.now() - started) / 1000,
    });
    run.totals = event.totals;
    return { event, warnings: warningsOf(event, accumulated) };
  } finally {
    disposeTree(accumulated.gradients);
    tf.dispose(accumulated.losses as never);
    options.onPhase?.("end");
  }
}

/** Step and micro-batch are in the seed, so a resumed run drops what the undisturbed one drops. */
const lossOfMicroBatch = (batch: Batch, index: number, { trained, step }: Run, options: TrainOptions) =>
  lossOf(options, trained.parameters, batch, {
    dropoutSeed: `${options.seed}/${step}/${index}`,
    checkpointing: options.checkpointing ?? false,
  });

function rateOf({ schedule }: TrainOptions, step: number): number {
  const rate = schedule(step);
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new ConfigError("trainer/learning-rate", `the schedule should give a rate ≥ 0 for step ${step}, got ${rate}`, {
    details: { step, rate },
  });
}

interface Measured {
  /** Nats per supervised token. */
  readonly loss: number;
  readonly gradientNorm: number;
}

/** Reads loss and norm in one go: on a GPU each read waits for everything before it. */
async function measure({ losses, gradients, tokens }: Accumulated): Promise<Measured> {
  const together = tf.tidy(() =>
    tf.concat([tf.stack(losses as never) as tf.Tensor1D, squaredNorms(Object.values(flattenTree(gradients)))]),
  );
  try {
    const values = (await together.data()) as Float32Array;
    const loss = values.subarray(0, losses.length).reduce((sum, value) => sum + value, 0) / tokens;
    return { loss, gradientNorm: normOf(values.subarray(losses.length)) / tokens };
  } finally {
    together.dispose();
  }
}

interface Checked extends Measured {
  readonly learningRate: number;
}

function assertFinite(run: Run, measured: Checked, options: TrainOptions): void {
  const { loss, gradientNorm } = measured;
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw numericsError("trainer/not-finite", "is not finite", run, measured, options);
}

function checkedHistory(run: Run, measured: Checked, options: TrainOptions): Run["losses"] {
  const { divergence = {} } = options;
  if (divergence === false) return run.losses;
  const losses = withLoss(run.losses, measured.loss, divergence);
  if (!hasDiverged(losses, divergence)) return losses;
  const what = `has been far above its best, ${losses.best?.toPrecision(4)}, for ${losses.tooHigh} steps`;
  throw numericsError("trainer/diverged", what, run, measured, options);
}

function numericsError(code: string, what: string, run: Run, measured: Checked, options: TrainOptions): NumericsError {
  const { loss, gradientNorm, learningRate } = measured;
  const step = run.step + 1;
  const numbers = `loss ${loss}, gradient norm ${gradientNorm}, learning rate ${learningRate}`;
  const resume = `Resume from the good checkpoint of step ${run.savedStep} in ${options.checkpoint?.store.location}`;
  const remedy = `${run.savedStep === undefined ? "Start again" : resume} with a lower learning rate or clipping`;
  const message = `training stopped at step ${step}: the loss or its gradient ${what} (${numbers}). ${remedy}`;
  return new NumericsError(code, message, {
    details: { step, loss, gradientNorm, learningRate, savedStep: run.savedStep },
  });
}

interface StepFacts extends Checked {
  readonly batches: readonly Batch[];
  readonly options: TrainOptions;
  readonly seconds: number;
}

function stepEvent({ step, totals }: Run, facts: StepFacts): StepEvent {
  const { batches, options, seconds, loss, learningRate, gradientNorm } = facts;
  const total = (count: (batch: Batch) => number) => batches.reduce((sum, batch) => sum + count(batch), 0);
  const counts = {
    supervisedTokens: total((batch) => batch.supervisedTokens),
    seenTokens: total((batch) => batch.seenTokens),
    ...(options.flops && { flops: total(options.flops) }),
  };
  return {
    type: "step",
    step,
    loss,
    learningRate,
    gradientNorm,
    ...counts,
    seconds,
    tokensPerSecond: counts.seenTokens / Math.max(seconds, CLOCK_SECONDS),
    totals: addTotals(totals, { ...counts, seconds }),
  };
}

const addTotals = (before: Totals, more: Totals): Totals => ({
  supervisedTokens: before.supervisedTokens + more.supervisedTokens,
  seenTokens: before.seenTokens + more.seenTokens,
  ...(more.flops !== undefined && { flops: (before.flops ?? 0) + more.flops }),
  seconds: before.seconds + more.seconds,
});

function warningsOf({ step, supervisedTokens }: StepEvent, { unreached }: Accumulated): WarningEvent[] {
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
