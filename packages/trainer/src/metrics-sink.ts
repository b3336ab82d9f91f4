import { join } from "node:path";
import { appendMetrics, readMetrics, truncateMetrics } from "@trivium/checkpoint/node";
import type { Sink } from "./consume.ts";
import type { TrainEvent } from "./events.ts";

export const METRICS_FILE_NAME = "metrics.jsonl";

/**
 * Appends each step event and each evaluation with metrics to `metrics.jsonl` of a run folder, one line each. When a run starts or rolls back, the
 * file is cut back to the step that it goes on from, so that a resumed run leaves the file of an undisturbed one.
 *
 * @param directory - a folder that is there: the folder store makes it before the first event.
 * @throws {CheckpointError} `checkpoint/disk-full`, `checkpoint/read-only`, … from the sink.
 * @example await consume(train(options), metricsSink("runs/a"));
 */
export function metricsSink(directory: string): Sink<TrainEvent> {
  const path = join(directory, METRICS_FILE_NAME);
  return async (event) => {
    if (event.type === "started" || event.type === "rolled-back") await truncateMetrics(path, event.step);
    else if (event.type === "step" || (event.type === "evaluated" && Object.keys(event.metrics).length > 0))
      await appendMetrics(path, [{ ...event }]);
  };
}

/**
 * Returns whether `metrics.jsonl` of a run folder has the evaluation of a step, as `evaluate.isRecorded` of `train` asks.
 *
 * @throws {CheckpointError} what `readMetrics` throws.
 * @example train({ ...options, evaluate: { ...evaluate, isRecorded: (step) => isEvaluationRecorded("runs/a", step) } });
 */
export async function isEvaluationRecorded(directory: string, step: number): Promise<boolean> {
  const records = await readMetrics(join(directory, METRICS_FILE_NAME));
  return records.some((record) => record.type === "evaluated" && record.step === step);
}
