import type { KernelRecord, ProductRecord } from "@trivium/tensor";
import type { PhaseSpan, ProfiledStep } from "./step-profiler.ts";

/** Time over all steps. Shares are of the time of the steps, in [0, 1]. */
interface Total {
  readonly totalMs: number;
  readonly share: number;
}

export interface KernelTotal extends Total {
  readonly name: string;
  readonly calls: number;
  /** Calls that moved data in tfjs's own kernel, because the backend's does not cover them or there is none. */
  readonly fallbackCalls: number;
  /** Of matrix products; 0 for kernels without. */
  readonly gigaflopsPerSecond: number;
  readonly gigabytesPerSecond: number;
}

/** All matrix products of one shape. */
export interface ProductTotal extends Total {
  /** `8 × [64, 128] · [512, 128]ᵀ`: the batch, and the factors as they lie in memory. */
  readonly shape: string;
  readonly provider: string;
  readonly calls: number;
  readonly gigaflopsPerSecond: number;
}

export interface PhaseTotal extends Total {
  readonly phase: PhaseSpan["phase"];
  readonly kernelMs: number;
}

/** Where the time and the memory of the watched steps went. */
export interface ProfileSummary {
  readonly steps: readonly { readonly step: number; readonly milliseconds: number; readonly peakBytes: number }[];
  readonly phases: readonly PhaseTotal[];
  /** By time, longest first. */
  readonly kernels: readonly KernelTotal[];
  readonly outsideKernels: Total;
  /** By time, longest first. */
  readonly products: readonly ProductTotal[];
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Sums up the watched steps. */
export function summariseProfile(steps: readonly ProfiledStep[]): ProfileSummary {
  const stepsMs = sum(steps, ({ startMs, endMs }) => endMs - startMs);
  const total = (totalMs: number): Total => ({ totalMs, share: stepsMs > 0 ? totalMs / stepsMs : 0 });
  const kernels = steps.flatMap((step) => step.kernels);
  const kernelMs = sum(kernels, ({ durationMs }) => durationMs);
  return {
    steps: steps.map(({ step, startMs, endMs, peakBytes }) => ({ step, milliseconds: endMs - startMs, peakBytes })),
    phases: phaseTotals(steps, total),
    kernels: groups(kernels, ({ name }) => name).map(([name, calls]) => kernelTotal(name, calls, total)),
    outsideKernels: total(stepsMs - kernelMs),
    products: groups(
      kernels.flatMap(({ products }) => products),
      (product) => `${product.provider}: ${describeShape(product)}`,
    ).map(([, calls]) => productTotal(calls, total)),
  };
}

/** Groups by a name, the longest time first. */
function groups<T extends { readonly durationMs: number }>(items: readonly T[], nameOf: (item: T) => string) {
  const time = (calls: readonly T[]) => sum(calls, ({ durationMs }) => durationMs);
  return [...Map.groupBy(items, nameOf)].sort(([, a], [, b]) => time(b) - time(a));
}

// 1e6 operations a millisecond are 1e9 a second.
const giga = (amount: number, milliseconds: number): number => (milliseconds > 0 ? amount / milliseconds / 1e6 : 0);

function kernelTotal(name: string, calls: readonly KernelRecord[], total: (ms: number) => Total): KernelTotal {
  const ms = sum(calls, ({ durationMs }) => durationMs);
  const flops = sum(calls, ({ products }) => sum(products, (product) => product.flops));
  return {
    name,
    calls: calls.length,
    fallbackCalls: calls.filter(({ accelerated, bytes }) => !accelerated && bytes > 0).length,
    ...total(ms),
    gigaflopsPerSecond: giga(flops, ms),
    gigabytesPerSecond: giga(
      sum(calls, ({ bytes }) => bytes),
      ms,
    ),
  };
}

function productTotal(calls: readonly ProductRecord[], total: (ms: number) => Total): ProductTotal {
  const ms = sum(calls, ({ durationMs }) => durationMs);
  const [first] = calls as [ProductRecord];
  const gigaflopsPerSecond = giga(
    sum(calls, ({ flops }) => flops),
    ms,
  );
  return {
    shape: describeShape(first),
    provider: first.provider,
    calls: calls.length,
    ...total(ms),
    gigaflopsPerSecond,
  };
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
