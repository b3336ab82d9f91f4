/** A frame of a 60 Hz screen: steps of up to about 30 ms still leave a macrotask at least every 50 ms. */
const INTERVAL_MS = 16;

/**
 * A function that awaits a macrotask if none was awaited for a while, so that timers, signals and the page stay alive
 * between synchronous steps.
 *
 * @param intervalMs - how long nothing may be awaited. Default 16.
 * @example const pause = createPacer(); for (const step of steps) { step(); await pause(); }
 */
export function createPacer(intervalMs = INTERVAL_MS): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < intervalMs) return;
    await macrotask();
    last = performance.now();
  };
}

/** `setTimeout` would wait 4 ms in a page, so there a message channel stands in for Node's `setImmediate`. */
const macrotask = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
