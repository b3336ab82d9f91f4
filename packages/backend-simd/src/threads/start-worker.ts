/** The first message to a worker. */
interface Start {
  /** From 1; the main thread is 0. */
  readonly thread: number;
}

/** A worker that was started; it may not be ready yet. */
export interface StartedWorker {
  /** Resolves when it takes jobs; rejects if it could not start. */
  readonly ready: Promise<void>;
  terminate(): void;
}

/**
 * Starts a worker in Node or in a page. Once it is ready it does not keep a Node process alive.
 *
 * @param source - the program, which posts a message when it takes jobs.
 */
export function startWorker(source: string, start: Start): StartedWorker {
  try {
    return nodeThreads() === undefined ? startInPage(source, start) : startInNode(source, start);
  } catch (cause) {
    // A page whose content security policy forbids workers from `blob:` says so at once, or later.
    const ready = Promise.reject(cause);
    ready.catch(() => {});
    return { ready, terminate: () => {} };
  }
}

// Not imported, so that bundles for browsers need not know the module.
const nodeThreads = () => globalThis.process?.getBuiltinModule?.("node:worker_threads");

function startInNode(source: string, start: Start): StartedWorker {
  const { Worker: NodeWorker } = nodeThreads()!;
  // The program's own flags (`--test`, `--import`) are not for this worker, nor is its environment.
  const worker = new NodeWorker(source, { eval: true, execArgv: [], env: {}, name: `simd ${start.thread}` });
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

function startInPage(source: string, start: Start): StartedWorker {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
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
