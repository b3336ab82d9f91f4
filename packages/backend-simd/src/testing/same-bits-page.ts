/** The program that apps/browser-tests opens in a page: draws calls of every kernel, and runs them on one thread and on several. */
import fc from "fast-check";
import { registerSimdBackend } from "../register.ts";
import { startSimdWorker } from "../start-simd-worker.ts";
import { controlBytes, packTicket, viewControl, word } from "../threads/control.ts";
import { createWasmKernels } from "../wasm/create-wasm-kernels.ts";
import { fusedCases } from "./fused-cases.ts";
import type { KernelCall } from "./kernel-call.ts";
import { kernelCases } from "./kernel-cases.ts";
import { runKernelOn } from "./run-kernel.ts";

export interface SameBitsReport {
  readonly isolated: boolean;
  /** Of the backend that was asked for several. */
  readonly threads: number;
  readonly calls: number;
  /** The calls whose results on several threads are not those of one, in bits. */
  readonly different: readonly string[];
  /** Whether a worker does a job that nobody else takes a share of. */
  readonly workerWorksAlone: boolean;
}

const SEED = 3;
/** Behind the constants of the kernels. */
const ADDRESS = 65_536;
const COUNT = 1_000;

/** Compares the bits of `runs` random calls of each accelerated kernel, every job cut into single work units. */
export async function main({ threads, runs }: { threads: number; runs: number }): Promise<SameBitsReport> {
  const one = registerSimdBackend("simd-one", { poison: true, threads: 1 });
  const several = registerSimdBackend("simd-several", { poison: true, threads, splitUnits: 1 });
  // Started by their first use.
  const { threads: used } = several.use();
  one.use();
  await several.threadsReady();
  const cases = Object.values({ ...kernelCases, ...fusedCases });
  const calls = cases.flatMap((one) => fc.sample(one.calls, { numRuns: runs, seed: SEED }));
  const different = calls.filter((call) => bitsOf(several.name, call) !== bitsOf(one.name, call));
  return {
    isolated: globalThis.crossOriginIsolated,
    threads: used,
    calls: calls.length,
    different: different.map((call) => fc.stringify(call).slice(0, 500)),
    workerWorksAlone: await workerWorksAlone(),
  };
}

const bitsOf = (name: string, call: KernelCall): string =>
  JSON.stringify(
    runKernelOn(name, call).map(({ shape, dtype, values }) => ({
      shape,
      dtype,
      bits: [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
    })),
  );

// Equal bits would not tell: the main thread does whatever no worker takes. Here it takes nothing.
async function workerWorksAlone(): Promise<boolean> {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
  const { kernels, module } = createWasmKernels(memory);
  const control = new SharedArrayBuffer(controlBytes);
  const { words, numbers } = viewControl(control);
  const worker = startSimdWorker({ module, memory, control, thread: 1, gemm: undefined });
  await worker.ready;
  const [shares, value] = [10, 7];
  const kernel = Object.keys(kernels).indexOf("fill");
  numbers.set([kernel, COUNT, COUNT / shares, 0, 2, ADDRESS, value]);
  Atomics.store(words, word.ticket, packTicket(1, shares));
  Atomics.notify(words, word.ticket);
  for (let wait = 0; wait < 1_000 && Atomics.load(words, word.done) < shares; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  worker.terminate();
  return new Float32Array(memory.buffer, ADDRESS, COUNT).every((filled) => filled === value);
}
