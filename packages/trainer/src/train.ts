import { createPacer, DataError, NumericsError } from "@trivium/core";
import { countParameters } from "@trivium/tensor";
import { beginRun } from "./begin-run.ts";
import { evaluateMissed, evaluateRun, type Failure, isEvaluated, isSettled, isSuspect } from "./evaluate-run.ts";
import type { TrainEvent, WarningEvent } from "./events.ts";
import { globalNorm } from "./global-norm.ts";
import { isRolledBack, rollBack } from "./roll-back.ts";
import { allParameters, disposeRun, disposeState, type Run } from "./run.ts";
import { saveRun } from "./save-run.ts";
import type { TrainOptions, TrainResult } from "./train-options.ts";
import { trainStep } from "./train-step.ts";
import { settleWeights } from "./weights.ts";

/**
 * Trains the parameters of a task: a stream of events that takes a step whenever its consumer asks for more, and returns
 * the parameters.
 *
 * The parameters belong to the run until the stream ends and to the caller afterwards. `consume` hands them over;
 * `for await` would drop them. If the consumer stops early, or an error ends the stream, the run disposes everything that
 * it holds. No tfjs scope is open between events, so any number of runs may take turns.
 *
 * @throws {NumericsError} `trainer/not-finite` if a loss, a gradient or a parameter is NaN or infinite,
 *   `trainer/diverged` if the loss rises and stays up. The newest checkpoint is then one from before.
 * @throws {CheckpointError} `checkpoint/run-exists`, `checkpoint/other-run`, `trainer/numeric-identity` or
 *   `trainer/parameters` if the content of the store cannot be continued.
 * @throws {ConfigError} `trainer/options` naming the field, `trainer/given-parameters` if they do not fit the task, or
 *   `trainer/learning-rate` if the schedule gives no rate.
 * @throws {DataError} `trainer/no-batches` if a step has none, and what the batch source throws. A run of one process is
 *   saved first.
 * @example
 * const task = languageTask({ model, objective });
 * const { parameters } = await consume(train({ task, batches, optimizer: adamW(), schedule, steps: 100, seed: 1 }));
 */
export async function* train<B>(options: TrainOptions<B>): AsyncGenerator<TrainEvent, TrainResult, void> {
  const { run, warnings } = await beginRun(options);
  let handedOver = false;
  try {
    const { step, totals } = run;
    const parameters = countParameters(allParameters(run));
    yield { type: "started", parameters, step, steps: options.steps, totals };
    yield* warnings;
    const store = options.checkpoint?.store;
    const mayRollBack = options.recovery?.action === "roll-back";
    if (store && mayRollBack && run.savedStep === undefined) yield await saveRun(run, options, store);
    const missed = yield* evaluateMissed(run, options);
    const { best } = run;
    const failure = missed ?? (yield* takeSteps(run, options));
    // The newest checkpoint also tells which one is best.
    if (store && (run.savedStep !== run.step || run.best !== best)) yield await saveRun(run, options, store);
    if (failure) throw failure.cause;
    await assertFiniteParameters(run);
    await settleWeights(run, options.optimizer);
    const early = isSettled(run, options) ? "stopped-early" : "aborted";
    const reason = run.step < options.steps ? early : "finished";
    const found = options.evaluate?.best && run.best.steps[0];
    yield { type: "stopped", reason, step: run.step, totals: run.totals, best: found };
    handedOver = true;
    disposeState(run.trained.state);
    return { parameters: allParameters(run), step: run.step, reason };
  } finally {
    if (!handedOver) disposeRun(run);
  }
}

async function* takeSteps<B>(
  run: Run,
  options: TrainOptions<B>,
): AsyncGenerator<TrainEvent, Failure | undefined, void> {
  const rest = createPacer();
  const told = new Set<WarningEvent["code"]>();
  const pause = async () => {
    await rest();
    if (options.abandon?.aborted) throw new AbandonedStep();
  };
  let failure: Failure | undefined;
  const isOver = () => run.step >= options.steps || isSettled(run, options);
  while (!isOver() && !(await isAborted(run, options, failure))) {
    try {
      failure = yield* takeStep(run, options, { pause, told });
    } catch (error) {
      if (error instanceof AbandonedStep) return failure;
      if (isSavedBefore(error, run)) return { cause: error };
      if (!isRolledBack(error, run, options)) throw error;
      yield await rollBack(run, options, error);
    }
    await rest();
  }
  return failure;
}

/**
 * Returns whether the steps that are done are saved before the error ends the run. Where data fails, they are as good as
 * before. A save needs all processes, and those that read their own data go on. A run without a step leaves nothing, so
 * that it can begin again with other options.
 */
const isSavedBefore = (error: unknown, { step, sharding: { own, shards } }: Run): boolean =>
  DataError.is(error) && step > 0 && own.length === shards;

/** The end of a step between two of its micro-batches. */
class AbandonedStep extends Error {}

/** Codes of warnings that are told each time. */
const repeated: ReadonlySet<WarningEvent["code"]> = new Set(["trainer/skipped-step"]);

interface Stepping {
  readonly pause: () => Promise<void>;
  /** Codes of the warnings that were told. */
  readonly told: Set<WarningEvent["code"]>;
}

/** Takes a step; evaluates and saves where that is due. */
async function* takeStep<B>(run: Run, options: TrainOptions<B>, { pause, told }: Stepping) {
  const { steps, checkpoint, logEvery = 1 } = options;
  const isDue = (every: number) => run.step % every === 0;
  const { event, warnings } = await trainStep(run, options, pause);
  yield* warnings.filter(({ code }) => repeated.has(code) || !told.has(code));
  for (const { code } of warnings) told.add(code);
  if (run.step === steps || isDue(logEvery)) yield event;
  const failure = isEvaluated(run, options) ? yield* evaluateRun(run, options) : undefined;
  const isSaved = run.savedStep === run.step || isSuspect(run, options);
  if (!isSaved && checkpoint?.every && isDue(checkpoint.every)) yield await saveRun(run, options, checkpoint.store);
  return failure;
}

/** All processes stop if one of them was asked to. */
async function isAborted<B>({ sharding }: Run, { signal }: TrainOptions<B>, failure?: Failure): Promise<boolean> {
  const votes = await sharding.vote({ stop: failure !== undefined || (signal?.aborted ?? false) });
  return votes.some(({ stop }) => stop);
}

/** The loss of a step belongs to the parameters before it, so nothing else would show a broken last update. */
async function assertFiniteParameters({ trained, step }: Run): Promise<void> {
  if (Number.isFinite(await globalNorm(trained.parameters))) return;
  const message = `after step ${step}, the last one, parameters hold a NaN or an infinity. Lower the learning rate`;
  throw new NumericsError("trainer/not-finite", message, { details: { step } });
}
