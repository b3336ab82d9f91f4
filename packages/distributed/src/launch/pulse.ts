import type { SupervisorRecord } from "./supervision.ts";

/** Times after which silent ranks count as dead. */
export interface PulseOptions {
  /** Seconds for a step. Default: ten times the median of the newest steps, at least 60. */
  readonly deadlineSeconds?: number | undefined;
  /** Seconds for what is no step: the start, an evaluation, a checkpoint. Default 1800. */
  readonly patienceSeconds?: number | undefined;
}

/** Signs of life of the ranks. */
export interface Pulse {
  /** Number of steps that were taken. */
  readonly steps: number;
  /** A checkpoint was written. */
  readonly hasSaved: boolean;
  hear(record: SupervisorRecord): void;
  /** Returns the seconds since the last record if they are too many. */
  silence(): number | undefined;
}

const LEAST_SECONDS = 60;
/** Default seconds for what is no step. */
export const PATIENCE_SECONDS = 1800;
/** Steps that the median is taken over. */
const WINDOW = 50;

/**
 * Measures the silence of ranks.
 *
 * @param now - milliseconds since some moment.
 */
export function createPulse(
  { deadlineSeconds, patienceSeconds = PATIENCE_SECONDS }: PulseOptions,
  now = () => performance.now(),
): Pulse {
  const seconds: number[] = [];
  let heardAt = now();
  let limit = patienceSeconds;
  let [steps, hasSaved] = [0, false];
  const stepLimit = () => {
    const recent = seconds.slice(-WINDOW).sort((a, b) => a - b);
    return deadlineSeconds ?? Math.max(LEAST_SECONDS, 10 * recent[recent.length >> 1]!);
  };
  return {
    get steps() {
      return steps;
    },
    get hasSaved() {
      return hasSaved;
    },
    hear(record) {
      heardAt = now();
      if (record.type === "step") {
        steps += 1;
        seconds.push(record.seconds);
      }
      hasSaved ||= record.type === "saved";
      limit = record.type === "busy" || seconds.length === 0 ? patienceSeconds : stepLimit();
    },
    silence() {
      const silent = (now() - heardAt) / 1000;
      return silent > limit ? silent : undefined;
    },
  };
}
