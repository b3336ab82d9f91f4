import { CheckpointError, type JsonDifference } from "@trivium/core";

/** Adds a remedy to the refusal of a run whose schedule has another length: the flag that keeps the schedule as it was. */
export function withScheduleRemedy(error: unknown): unknown {
  if (!CheckpointError.is(error, "checkpoint/other-run")) return error;
  const { differences } = error.details as { readonly differences: readonly JsonDifference[] };
  const length = differences.find(({ path }) => path === "schedule.steps");
  if (!length) return error;
  const remedy = `--total-steps ${length.was} goes on with the schedule as it was, at its last rate where it has ended`;
  return new CheckpointError(error.code, `${error.message}; ${remedy}`, { cause: error, details: error.details });
}
