import type { KernelRecord, ProductRecord } from "@trivium/tensor";
import type { ProfiledStep } from "./step-profiler.ts";

const MAIN_THREAD = { pid: 1, tid: 1 } as const;

/** An event of the trace format; times are microseconds. */
export type TraceEvent =
  | { ph: "M"; name: "process_name" | "thread_name"; pid: number; tid: number; args: { name: string } }
  | { ph: "X"; name: string; cat: string; ts: number; dur: number; pid: number; tid: number; args: object }
  | { ph: "C"; name: string; ts: number; pid: number; args: Record<string, number> };

/**
 * The steps in the JSON object format of Chrome's tracing, which Perfetto reads too: as spans on one thread, each with its phases, kernel calls and matrix products inside, and a counter of the
 * engine's memory. Time begins with the first step.
 *
 * @source the trace event format, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function chromeTrace(steps: readonly ProfiledStep[]) {
  const origin = steps[0]?.startMs ?? 0;
  const microseconds = (ms: number) => (ms - origin) * 1000;
  const span = (name: string, cat: string, startMs: number, durationMs: number, args: object): TraceEvent => ({
    ...{ ph: "X", name, cat, ts: microseconds(startMs), dur: durationMs * 1000, ...MAIN_THREAD, args },
  });
  const product = (record: ProductRecord): TraceEvent => {
    const { provider, startMs, durationMs, ...args } = record;
    return span(provider, "product", startMs, durationMs, args);
  };
  const kernel = (record: KernelRecord): TraceEvent[] => {
    const { name, startMs, durationMs, products, liveBytes, ...args } = record;
    const after = microseconds(startMs + durationMs);
    return [
      span(name, "kernel", startMs, durationMs, args),
      ...products.map(product),
      { ph: "C", name: "engine memory", ts: after, pid: MAIN_THREAD.pid, args: { bytes: liveBytes } },
    ];
  };
  const events = steps.flatMap(({ step, startMs, endMs, phases, kernels, peakBytes }) => [
    span(`step ${step}`, "step", startMs, endMs - startMs, { peakBytes }),
    ...phases.map((phase) => span(phase.phase, "phase", phase.startMs, phase.endMs - phase.startMs, {})),
    ...kernels.flatMap(kernel),
  ]);
  const named = (name: "process_name" | "thread_name", value: string): TraceEvent => ({
    ...{ ph: "M", name, ...MAIN_THREAD, args: { name: value } },
  });
  return {
    displayTimeUnit: "ms" as const,
    traceEvents: [named("process_name", "trivium train"), named("thread_name", "main thread"), ...events],
  };
}
