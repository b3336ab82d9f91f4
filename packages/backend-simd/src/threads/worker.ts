/**
 * What a worker runs, in Node and in browsers. `pnpm generate` bundles this file to a string, so that no file has to be
 * found in sources, in `dist` or in a bundle.
 */
import { bindNative, type NativeBinding } from "../gemm/native/bind-native.ts";
import { nativeProduct } from "../gemm/native-product.ts";
import { productKernel } from "../gemm/product-kernel.ts";
import type { NativeKernels } from "../native/native.ts";
import { type Control, isOpen, keepLeast, spin, takeShare, viewControl, word } from "./control.ts";
import { type Kernel, kernelList, runShare } from "./share.ts";

/** What the main thread sends first. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** From 1; the main thread is 0. */
  readonly thread: number;
  /** The library that multiplies matrices. */
  readonly gemm: NativeBinding | undefined;
}

interface Port {
  postMessage(message: string): void;
  addEventListener(type: "message", listener: (event: { data: WorkerStart }) => void, options: { once: true }): void;
  start?(): void;
}

/**
 * Long enough for the next job of a step to come, while the main thread walks the tape or computes what is too small to
 * share; short enough to be nothing when none comes.
 */
const SPIN_MS = 0.2;

const nodeThreads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
const port = (nodeThreads?.parentPort ?? globalThis) as unknown as Port;

port.addEventListener("message", ({ data }) => start(data), { once: true });
port.start?.();

function start({ module, memory, control, thread, gemm }: WorkerStart): void {
  const provider = gemm && { base: gemm.base, ...bindNative(gemm) };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, product: nativeProduct(provider) } });
  const native = exports as unknown as NativeKernels;
  const product = productKernel(native, provider);
  port.postMessage("ready");
  serve(kernelList(native, product), viewControl(control), thread);
}

// Never returns: the worker ends with the process, or is terminated.
function serve(kernels: readonly Kernel[], { words, numbers }: Control, thread: number): never {
  for (;;) {
    const index = takeShare(words);
    if (index < 0) waitForJob(words);
    else work(kernels, { words, numbers }, index, thread);
  }
}

function work(kernels: readonly Kernel[], { words, numbers }: Control, index: number, thread: number): void {
  try {
    keepLeast(words, runShare(kernels, numbers, index, thread));
  } catch {
    // The main thread says what failed: it knows the job.
    Atomics.add(words, word.failed, 1);
  }
  Atomics.add(words, word.done, 1);
  if (Atomics.load(words, word.waits) === 1) Atomics.notify(words, word.done);
}

function waitForJob(words: Int32Array): void {
  if (spin(SPIN_MS, () => isOpen(Atomics.load(words, word.ticket)))) return;
  // Counted before the last look: who posts a job after it sees a sleeper to wake.
  Atomics.add(words, word.sleepers, 1);
  const ticket = Atomics.load(words, word.ticket);
  if (!isOpen(ticket)) Atomics.wait(words, word.ticket, ticket);
  Atomics.sub(words, word.sleepers, 1);
}
