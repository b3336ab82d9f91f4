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
 * Returns the metrics of a step that `metrics.jsonl` of a run folder has, as `evaluate.recorded` of `train` asks.
 *
 * @throws {CheckpointError} what `readMetrics` throws.
 * @example train({ ...options, evaluate: { ...evaluate, recorded: (step) => recordedMetrics("runs/a", step) } });
 */
export async function recordedMetrics(
  directory: string,
  step: number,
): Promise<Readonly<Record<string, number>> | undefined> {
  const records = await readMetrics(join(directory, METRICS_FILE_NAME));
  const found = records.find((record) => record.type === "evaluated" && record.step === step)?.metrics;
  // Numbers that are not finite are words.
  return found ? Object.fromEntries(Object.entries(found).map(([name, value]) => [name, Number(value)])) : undefined;
}
