import { withMetrics } from "./best.ts";
import type { EvaluatedEvent, TrainEvent, WarningEvent } from "./events.ts";
import type { Run } from "./run.ts";
import { saveRun } from "./save-run.ts";
import type { EvaluateOptions, TrainOptions } from "./train-options.ts";
import { withWeights } from "./weights.ts";

/** What stops the run once its steps are saved: an evaluation that failed, or data. */
export interface Failure {
  readonly cause: unknown;
}

/** Returns whether an evaluation is due after the steps that are done. */
export const isEvaluated = <B>({ step }: Run, { steps, evaluate }: TrainOptions<B>): boolean =>
  evaluate !== undefined && (step === steps || step % evaluate.every === 0);

/** Makes up for the evaluation of the step that a run resumes from, if it was killed before its record was complete. */
export async function* evaluateMissed<B>(
  run: Run,
  options: TrainOptions<B>,
): AsyncGenerator<TrainEvent, Failure | undefined> {
  const { step } = run;
  const { recorded, best } = options.evaluate ?? {};
  if (step === 0 || !isEvaluated(run, options) || run.best.evaluated === step) return undefined;
  const metrics = await recorded?.(step);
  if (metrics && best) run.best = withMetrics(run.best, { step, metrics }, best);
  if (metrics || !(recorded || best)) return undefined;
  return yield* evaluateRun(run, options);
}

/** Evaluates behind a checkpoint, if the run has any: killed meanwhile, it loses no step. */
export async function* evaluateRun<B>(
  run: Run,
  options: TrainOptions<B>,
): AsyncGenerator<TrainEvent, Failure | undefined> {
  const { checkpoint, optimizer } = options;
  const evaluate = options.evaluate as EvaluateOptions;
  const isSaved = run.savedStep === run.step || isSuspect(run, options);
  if (checkpoint?.every && !isSaved) yield await saveRun(run, options, checkpoint.store);
  const { step } = run;
  let event: EvaluatedEvent | WarningEvent;
  try {
    event = await withWeights(run, optimizer, async (parameters, weights) => {
      const metrics = await evaluate.run(parameters, step);
      return { type: "evaluated", step, metrics, weights: weights === "averaged" ? weights : undefined };
    });
  } catch (cause) {
    if (evaluate.onFailure === "stop") return { cause };
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the evaluation after step ${step} failed, and training goes on: ${reason}`;
    event = { type: "warning", step, code: "trainer/evaluation-failed", message };
  }
  yield event;
  if (event.type === "evaluated") await keepScore(run, evaluate, event);
  return undefined;
}

/** All processes go by the metrics of the first. An evaluation that was stopped has none. */
async function keepScore(run: Run, { best }: EvaluateOptions, { step, metrics }: EvaluatedEvent): Promise<void> {
  if (!best) return;
  const [first = metrics] = await run.sharding.vote(metrics);
  if (Object.keys(first).length > 0) run.best = withMetrics(run.best, { step, metrics: first }, best);
}

/** Returns whether the loss is rising, where a roll-back needs a checkpoint from before it began to. */
export const isSuspect = <B>({ losses }: Run, { recovery }: TrainOptions<B>): boolean =>
  recovery?.action === "roll-back" && losses.tooHigh > 0;

/** Returns whether the run has waited long enough for a better evaluation. */
export const isSettled = <B>({ best: { waited } }: Run, { evaluate }: TrainOptions<B>): boolean =>
  waited >= (evaluate?.best?.patience ?? Number.POSITIVE_INFINITY);
