/**
 * The program of a worker, in Node and in browsers. `pnpm generate` bundles this file to a string, so that no file has to be
 * found in sources, in `dist` or in a bundle.
 */
import { bindLibrary, type LibraryBinding } from "./gemm/library/bind-library.ts";
import { libraryProducts } from "./gemm/library/library-product.ts";
import { viewControl } from "./threads/control.ts";
import { serve } from "./threads/serve.ts";
import type { KernelTable } from "./threads/share.ts";
import { withSteps } from "./threads/step-list.ts";

/** The first message of the main thread. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** From 1; the main thread is 0. */
  readonly thread: number;
  /** The library that multiplies matrices. */
  readonly gemm: LibraryBinding | undefined;
}

interface Port {
  postMessage(message: string): void;
  addEventListener(type: "message", listener: (event: { data: WorkerStart }) => void, options: { once: true }): void;
  start?(): void;
}

const nodeThreads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
const port = (nodeThreads?.parentPort ?? globalThis) as unknown as Port;

port.addEventListener("message", ({ data }) => start(data), { once: true });
port.start?.();

function start({ module, memory, control, thread, gemm }: WorkerStart): void {
  const provider = gemm && { base: gemm.base, ...bindLibrary(gemm) };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, ...libraryProducts(provider) } });
  port.postMessage("ready");
  serve(Object.values(withSteps(exports as KernelTable, memory)), viewControl(control), thread);
}
