import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test, vi } from "vitest";
import { startSimdWorker } from "../start-simd-worker.ts";
import { createWasmKernels } from "../wasm/create-wasm-kernels.ts";
import type { KernelTable } from "./share.ts";
import { type Job, ThreadPool } from "./thread-pool.ts";

const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
const { kernels: wasm, module } = createWasmKernels(memory);
const kernels = wasm as unknown as KernelTable;
const startWorker = (control: SharedArrayBuffer, thread: number) =>
  startSimdWorker({ module, memory, control, thread, gemm: undefined });
const pool = new ThreadPool({ threads: 3, kernels, startWorker });
afterAll(() => pool.close());

const Y = 65_536;
const fill = (address: number, value: number, units = 1000, share = 10): Job => ({
  kernel: "fill",
  units,
  share,
  scratch: 0,
  values: [address, value],
});
const filled = (length: number) => [...new Set(new Float32Array(memory.buffer, Y, length))];

describe("a pool", () => {
  test("does a job that is posted before its workers have started", () => {
    pool.run(fill(Y, 1));
    expect(filled(1000)).toEqual([1]);
  });

  test("does every share of every job exactly once, also right after one another", async () => {
    await pool.ready();
    const ones = new Float32Array(memory.buffer, Y, 1000).fill(0);
    const addOne: Job = {
      kernel: "binary",
      units: 1000,
      share: 7,
      scratch: 0,
      // y = y + 1, with the 1 that lies behind it.
      values: [0, Y, 0, 1, Y + 4000, 0, 0, Y, 1000],
    };
    new Float32Array(memory.buffer, Y + 4000, 1)[0] = 1;
    for (let job = 0; job < 4_000; job++) pool.run(addOne);
    expect([...new Set(ones)]).toEqual([4_000]);
  });

  test("gives the least result of its shares", async () => {
    await pool.ready();
    const rows = 100;
    const indices = new Int32Array(memory.buffer, Y, rows).fill(0);
    const gather: Job = {
      kernel: "gatherRows",
      units: rows,
      share: 1,
      scratch: 0,
      values: [Y + 4096, Y, Y + 8192, 1, 1],
    };
    expect(pool.run(gather)).toBe(-1);
    indices[93] = indices[41] = indices[77] = 9;
    for (let time = 0; time < 100; time++) expect(pool.run(gather)).toBe(41);
  });

  test("says when a kernel failed, on whichever thread, and goes on", async () => {
    await pool.ready();
    const outside = 2 ** 32 - 4096;
    for (let time = 0; time < 100; time++) {
      expect(() => pool.run(fill(outside, 1))).toThrow(/out of bounds|failed in a worker/);
      pool.run(fill(Y, time));
      expect(filled(1000)).toEqual([time]);
    }
  });

  test("a job that was begun goes on without the main thread, and is done before the next one and once it is settled", async () => {
    await pool.ready();
    for (let time = 1; time <= 100; time++) {
      pool.begin(fill(Y, -time));
      // It reads what the job before writes.
      pool.begin({ kernel: "binary", units: 1000, share: 7, scratch: 0, values: [0, Y, 0, 1, Y, 0, 1, Y, 1000] });
      expect(pool.settle()).toBe(-1);
      expect(filled(1000)).toEqual([-2 * time]);
    }
    pool.begin(fill(Y, 7));
    await vi.waitFor(() => expect(filled(1000)).toEqual([7]));
    pool.settle();
  });

  test("what failed in a job that was begun is told by what comes next", async () => {
    await pool.ready();
    pool.begin(fill(2 ** 32 - 4096, 1));
    expect(() => pool.begin(fill(Y, 1))).toThrow(/out of bounds|failed in a worker/);
    pool.run(fill(Y, 2));
    expect(filled(1000)).toEqual([2]);
  });

  test("wakes workers that sleep", async () => {
    await pool.ready();
    for (let time = 0; time < 20; time++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      pool.run(fill(Y, time));
      expect(filled(1000)).toEqual([time]);
    }
  });

  test("works on the main thread alone when it was closed", () => {
    const closed = new ThreadPool({ threads: 2, kernels, startWorker });
    closed.begin(fill(Y, 4));
    closed.close();
    expect(filled(1000)).toEqual([4]);
    closed.run(fill(Y, 5));
    expect(filled(1000)).toEqual([5]);
  });
});

const idleScript = fileURLToPath(new URL("../testing/use-threads.ts", import.meta.url));

test("workers sleep when there is nothing to do, and let the process end", () => {
  const flags = ["--conditions", "@trivium/source", idleScript];
  const printed = execFileSync(process.execPath, flags, { encoding: "utf8", timeout: 30_000 });
  const { corner, idleShare } = JSON.parse(printed);
  expect(corner).toBe(256);
  // A worker that spins would take a whole processor; half of one leaves room for the engine itself.
  expect(idleShare).toBeLessThan(0.5);
});
