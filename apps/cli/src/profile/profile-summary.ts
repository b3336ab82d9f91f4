import type { KernelRecord, ProductRecord } from "@trivium/tensor";
import type { PhaseSpan, ProfiledStep } from "./step-profiler.ts";

/** Time over all steps. Shares are of the time of the steps, in [0, 1]. */
interface Total {
  readonly totalMs: number;
  readonly share: number;
}

/** Time of some calls. */
interface CallsTotal extends Total {
  readonly calls: number;
  /** Speed of their matrix products; 0 for kernels without. */
  readonly gigaflopsPerSecond: number;
}

export interface KernelTotal extends CallsTotal {
  readonly name: string;
  /** Calls that moved data in tfjs's own kernel, because the backend's does not cover them or there is none. */
  readonly fallbackCalls: number;
  readonly gigabytesPerSecond: number;
}

/** All matrix products of one shape. */
export interface ProductTotal extends CallsTotal {
  /** `8 × [64, 128] · [512, 128]ᵀ`: the batch, and the factors as they lie in memory. */
  readonly shape: string;
  readonly provider: string;
}

export interface PhaseTotal extends Total {
  readonly phase: PhaseSpan["phase"];
  readonly kernelMs: number;
}

/** The time and the memory of the watched steps by kind of work. */
export interface ProfileSummary {
  readonly steps: readonly { readonly step: number; readonly milliseconds: number; readonly peakBytes: number }[];
  readonly phases: readonly PhaseTotal[];
  /** Sorted by time, longest first. */
  readonly kernels: readonly KernelTotal[];
  readonly outsideKernels: Total;
  /** Sorted by time, longest first. */
  readonly products: readonly ProductTotal[];
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Sums up the watched steps. */
export function summariseProfile(steps: readonly ProfiledStep[]): ProfileSummary {
  const stepsMs = sum(steps, ({ startMs, endMs }) => endMs - startMs);
  const total = (totalMs: number): Total => ({ totalMs, share: stepsMs > 0 ? totalMs / stepsMs : 0 });
  const kernels = steps.flatMap((step) => step.kernels);
  const products = kernels.flatMap((kernel) => kernel.products);
  return {
    steps: steps.map(({ step, startMs, endMs, peakBytes }) => ({ step, milliseconds: endMs - startMs, peakBytes })),
    phases: phaseTotals(steps, total),
    kernels: groups(kernels, ({ name }) => name).map(([{ name }, calls]): KernelTotal => {
      const own = callsTotal(calls, total, (kernel) => sum(kernel.products, ({ flops }) => flops));
      const fallbackCalls = calls.filter(({ accelerated, bytes }) => !accelerated && bytes > 0).length;
      const bytes = sum(calls, (kernel) => kernel.bytes);
      return { ...own, name, fallbackCalls, gigabytesPerSecond: giga(bytes, own.totalMs) };
    }),
    outsideKernels: total(stepsMs - sum(kernels, ({ durationMs }) => durationMs)),
    products: groups(products, (product) => `${product.provider}: ${describeShape(product)}`).map(
      ([first, calls]): ProductTotal => ({
        ...callsTotal(calls, total, ({ flops }) => flops),
        shape: describeShape(first),
        provider: first.provider,
      }),
    ),
  };
}

type Timed = Pick<KernelRecord, "durationMs">;

/** Groups calls by a name, the longest time first, each group with its first call. */
function groups<Call extends Timed>(calls: readonly Call[], nameOf: (call: Call) => string) {
  const time = (own: readonly Call[]) => sum(own, ({ durationMs }) => durationMs);
  const sorted = [...Map.groupBy(calls, nameOf).values()].sort((a, b) => time(b) - time(a));
  return sorted.map((own) => [own[0] as Call, own] as const);
}

// 1e6 operations a millisecond are 1e9 a second.
const giga = (amount: number, milliseconds: number): number => (milliseconds > 0 ? amount / milliseconds / 1e6 : 0);

function callsTotal<Call extends Timed>(
  calls: readonly Call[],
  total: (ms: number) => Total,
  flopsOf: (call: Call) => number,
): CallsTotal {
  const ms = sum(calls, ({ durationMs }) => durationMs);
  return { calls: calls.length, ...total(ms), gigaflopsPerSecond: giga(sum(calls, flopsOf), ms) };
}

function describeShape({ batch, m, n, k, transposeA, transposeB }: ProductRecord): string {
  const factor = (rows: number, columns: number, transposed: boolean) =>
    transposed ? `[${columns}, ${rows}]ᵀ` : `[${rows}, ${columns}]`;
  const factors = `${factor(m, k, transposeA)} · ${factor(k, n, transposeB)}`;
  return batch > 1 ? `${batch} × ${factors}` : factors;
}

function phaseTotals(steps: readonly ProfiledStep[], total: (ms: number) => Total): PhaseTotal[] {
  const spans = steps.flatMap(({ phases, kernels }) =>
    phases.map((span) => ({
      ...span,
      kernelMs: sum(
        kernels.filter(({ startMs }) => startMs >= span.startMs && startMs < span.endMs),
        ({ durationMs }) => durationMs,
      ),
    })),
  );
  return [...Map.groupBy(spans, ({ phase }) => phase)].map(([phase, all]) => ({
    phase,
    ...total(sum(all, ({ startMs, endMs }) => endMs - startMs)),
    kernelMs: sum(all, ({ kernelMs }) => kernelMs),
  }));
}
