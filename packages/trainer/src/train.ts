import { createPacer, NumericsError } from "@trivium/core";
import { countParameters } from "@trivium/tensor";
import type { EvaluatedEvent, StartedEvent, TrainEvent, WarningEvent } from "./events.ts";
import { globalNorm } from "./global-norm.ts";
import { openRun } from "./open-run.ts";
import { disposeState, disposeTrained, type Run } from "./run.ts";
import { saveRun } from "./save-run.ts";
import type { TrainOptions, TrainResult } from "./train-options.ts";
import { trainStep } from "./train-step.ts";

/**
 * Trains a model: a stream of events that takes a step whenever its consumer asks for more, and returns the parameters.
 *
 * The parameters belong to the run until the stream ends and to the caller then (`consume` hands them over; `for await`
 * would drop them). If the consumer stops early, or an error ends the stream, the run disposes all it holds. No tfjs
 * scope is open between events, so any number of runs may take turns.
 *
 * @throws {NumericsError} `trainer/not-finite` if a loss, a gradient or a parameter is NaN or infinite,
 *   `trainer/diverged` if the loss rises and stays up; the newest checkpoint is then one from before.
 * @throws {CheckpointError} `checkpoint/run-exists`, `checkpoint/other-run`, `trainer/numeric-identity` or
 *   `trainer/parameters` if what the store holds cannot be gone on from.
 * @throws {ConfigError} `trainer/options` naming the field, or `trainer/learning-rate` if the schedule gives no rate.
 * @throws {DataError} `trainer/no-batches` if a step has none.
 * @example
 * const { parameters } = await consume(train({ model, objective, batches, optimizer: adamW(), schedule, steps: 100, seed: 1 }));
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, TrainResult, void> {
  const { run, warnings } = await openRun(options);
  let handedOver = false;
  try {
    yield startedEvent(run, options);
    yield* warnings;
    yield* takeSteps(run, options);
    const store = options.checkpoint?.store;
    if (store && run.savedStep !== run.step) yield await saveRun(run, options, store);
    await assertFiniteParameters(run);
    const reason = run.step < options.steps ? "aborted" : "finished";
    yield { type: "stopped", reason, step: run.step, totals: run.totals };
    handedOver = true;
    disposeState(run.trained.state);
    return { parameters: run.trained.parameters, step: run.step, reason };
  } finally {
    if (!handedOver) disposeTrained(run.trained);
  }
}

async function* takeSteps(run: Run, options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { steps, signal, checkpoint, evaluate, logEvery = 1 } = options;
  const pause = createPacer();
  const told = new Set<WarningEvent["code"]>();
  const isDue = (every: number) => run.step % every === 0;
  while (run.step < steps && !signal?.aborted) {
    const { event, warnings } = await trainStep(run, options, pause);
    const isLast = run.step === steps;
    yield* warnings.filter(({ code }) => !told.has(code));
    for (const { code } of warnings) told.add(code);
    if (isLast || isDue(logEvery)) yield event;
    // Before the checkpoint: a run killed in between evaluates again, and no metric is lost.
    if (evaluate && (isLast || isDue(evaluate.every))) yield await evaluated(run, evaluate);
    if (checkpoint?.every && isDue(checkpoint.every)) yield await saveRun(run, options, checkpoint.store);
    await pause();
  }
}

const startedEvent = ({ trained, step, totals }: Run, { steps }: TrainOptions): StartedEvent => ({
  type: "started",
  parameters: countParameters(trained.parameters),
  step,
  steps,
  totals,
});

const evaluated = async (
  { trained, step }: Run,
  { run }: NonNullable<TrainOptions["evaluate"]>,
): Promise<EvaluatedEvent> => ({ type: "evaluated", step, metrics: await run(trained.parameters, step) });

/** The loss of a step is of the parameters before it, so the last update would go unseen. */
async function assertFiniteParameters({ trained, step }: Run): Promise<void> {
  if (Number.isFinite(await globalNorm(trained.parameters))) return;
  const message = `after step ${step}, the last one, parameters hold a NaN or an infinity. Lower the learning rate`;
  throw new NumericsError("trainer/not-finite", message, { details: { step } });
}
