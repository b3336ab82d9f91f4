import { workerSource } from "../generated/worker.ts";
import type { WorkerStart } from "./worker.ts";

/** A worker that was started; it may not be ready yet. */
export interface StartedWorker {
  /** Resolves when it takes jobs; rejects if it could not start. */
  readonly ready: Promise<void>;
  terminate(): void;
}

/** Starts one worker in Node or in a page. Once it is ready it does not keep a Node process alive. */
export function startWorker(start: WorkerStart): StartedWorker {
  try {
    return nodeThreads() === undefined ? startInPage(start) : startInNode(start);
  } catch (cause) {
    // A page whose content security policy forbids workers from `blob:` says so at once, or later.
    const ready = Promise.reject(cause);
    ready.catch(() => {});
    return { ready, terminate: () => {} };
  }
}

// Not imported, so that bundles for browsers need not know the module.
const nodeThreads = () => globalThis.process?.getBuiltinModule?.("node:worker_threads");

function startInNode(start: WorkerStart): StartedWorker {
  const { Worker: NodeWorker } = nodeThreads()!;
  // The program's own flags (`--test`, `--import`) are not for this worker, nor is its environment.
  const worker = new NodeWorker(workerSource, { eval: true, execArgv: [], env: {}, name: `simd ${start.thread}` });
  const ready = new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the worker ended before it was ready")));
  });
  // Until then it keeps the process alive, so that a program may await it. A later error is no reason to end the
  // program: the other threads take its shares.
  const unref = () => worker.unref();
  ready.then(unref, unref);
  worker.postMessage(start);
  return { ready, terminate: () => void worker.terminate() };
}

function startInPage(start: WorkerStart): StartedWorker {
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new Worker(url, { name: `simd ${start.thread}` });
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message || "the page does not let this worker start"));
  });
  const forget = () => URL.revokeObjectURL(url);
  ready.then(forget, forget);
  worker.postMessage(start);
  return { ready, terminate: () => worker.terminate() };
}
