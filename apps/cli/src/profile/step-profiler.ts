import type { Backend, KernelRecord, ProfileSession } from "@trivium/tensor";
import type { StepPhase } from "@trivium/trainer";
import type { StepRange } from "./step-range.ts";

/** A stretch of time on the clock of `performance.now()`. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface PhaseSpan extends Span {
  readonly phase: Exclude<StepPhase, "end">;
}

/** A step that was watched. */
export interface ProfiledStep extends Span {
  /** Counted from 1, among the steps that this process took. */
  readonly step: number;
  /** One after the other, without gaps; with micro-batches some come several times. */
  readonly phases: readonly PhaseSpan[];
  readonly kernels: readonly KernelRecord[];
  /** The most bytes that the backend's tensors held at once. */
  readonly peakBytes: number;
}

export type StepProfiler = ReturnType<typeof createStepProfiler>;

/**
 * Watches some steps of a training.
 *
 * @param backend - one that has a profile; it is asked for one when the first step of the range begins.
 */
export function createStepProfiler(backend: Required<Pick<Backend, "profile">>, range: StepRange) {
  const steps: ProfiledStep[] = [];
  let session: ProfileSession | undefined;
  let step = 0;
  let begins: { phase: PhaseSpan["phase"]; startMs: number }[] = [];
  const stop = () => {
    session?.stop();
    session = undefined;
  };
  const begin = () => {
    step++;
    if (step < range.first || step > range.last) return;
    session ??= backend.profile();
    // What an evaluation between two steps did is no part of them.
    session.take();
    begins = [];
  };
  const end = (running: ProfileSession) => {
    const endMs = performance.now();
    const phases = begins.map((phase, index) => ({ ...phase, endMs: begins[index + 1]?.startMs ?? endMs }));
    steps.push({ step, startMs: begins[0]?.startMs ?? endMs, endMs, phases, ...running.take() });
    if (step >= range.last) stop();
  };
  return {
    /** The steps watched so far. */
    steps,
    /** Ends the backend's session if it runs. */
    stop,
    /** Tells if all steps that were asked for have been watched. */
    isComplete: () => step >= range.last,
    /** For `TrainOptions.onPhase`. */
    onPhase(phase: StepPhase) {
      if (phase === "data") begin();
      if (!session) return;
      if (phase === "end") end(session);
      else begins.push({ phase, startMs: performance.now() });
    },
  };
}
