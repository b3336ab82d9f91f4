import type { Koffi, KoffiLibrary } from "./koffi.ts";

/** Signals by which a thread is told what its own instruction did. They cannot wait. */
const synchronous = ["SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGABRT", "SIGSYS"] as const;

/** Bytes of the largest set of signals, that of Linux. */
const SET_BYTES = 128;

/**
 * Keeps signals from the calling thread for good: the system gives those of the process to another thread, from which Node
 * hears of them all the same. Threads that this one starts begin like it; processes do not.
 *
 * A thread is held for kernels that let the stack pointer point to memory of `malloc`: the system would write the state of
 * the interrupted thread below, over whatever lies there.
 *
 * @param library - any library that was linked with that of C.
 * @throws {Error} if the system refuses.
 */
export function holdSignals(library: KoffiLibrary, koffi: Koffi): void {
  if (process.platform === "win32") return;
  const { signals } = process.getBuiltinModule("node:os").constants;
  const set = new Uint8Array(SET_BYTES).fill(0xff);
  for (const name of synchronous) {
    const bit = signals[name] - 1;
    set[bit >> 3]! &= ~(1 << (bit & 7));
  }
  const block = process.platform === "linux" || process.platform === "android" ? 0 : 1; // SIG_BLOCK
  const hold = library.func("int pthread_sigmask(int, uintptr_t, uintptr_t)");
  const status = hold(block, koffi.address(set), 0);
  if (status !== 0) throw new Error(`pthread_sigmask failed with status ${status}`);
}
