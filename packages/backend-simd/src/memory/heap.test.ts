import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { TriviumError } from "@trivium/core";
import { expect, test } from "vitest";
import { createHeap } from "./heap.ts";

const MEBIBYTE = 2 ** 20;
const floats = (heap: ReturnType<typeof createHeap>, address: number, length: number) =>
  new Float32Array(heap.memory.buffer, address, length);

test("the memory grows while blocks live, and what they hold stays", () => {
  const heap = createHeap({ memoryLimitBytes: 256 * MEBIBYTE });
  const early = heap.allocate(1024, () => "early");
  const view = floats(heap, heap.addressOf(early), 256).fill(3);
  const before = heap.use().capacityBytes;
  const late = heap.allocate(100 * MEBIBYTE, () => "late");
  expect(heap.use().capacityBytes).toBeGreaterThan(before);
  floats(heap, heap.addressOf(late), 256).fill(5);
  expect(view.every((value) => value === 3)).toBe(true);
  expect(floats(heap, heap.addressOf(early), 256)).toEqual(view);
});

test("a full memory says what was wanted, for what, and what is in use", () => {
  const heap = createHeap({ memoryLimitBytes: 2 * MEBIBYTE });
  heap.allocate(MEBIBYTE, () => "the first");
  try {
    heap.allocate(MEBIBYTE, () => "a float32 tensor [512, 512]");
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "simd/out-of-memory")).toBe(true);
    expect((error as Error).message).toContain(
      "wanted 1048576 bytes for a float32 tensor [512, 512]; 1048576 in use of limit 2097152",
    );
    expect((error as TriviumError).details).toMatchObject({ wantedBytes: MEBIBYTE, inUseBytes: MEBIBYTE });
  }
  expect(heap.use()).toMatchObject({ liveBytes: MEBIBYTE, peakBytes: MEBIBYTE, limitBytes: 2 * MEBIBYTE });
});

test("a full memory of 4 GiB is not told to grow, and a smaller one is", () => {
  expect(messageOf(createHeap(), 2 ** 32)).not.toContain("memoryLimitBytes");
  expect(messageOf(createHeap({ memoryLimitBytes: MEBIBYTE }), MEBIBYTE)).toContain("raise memoryLimitBytes");
});

test("a system that gives no more is named, with what was held and asked for", () => {
  const heap = createHeap({ memoryLimitBytes: 256 * MEBIBYTE });
  heap.allocate(MEBIBYTE, () => "the first");
  heap.memory.grow = () => {
    throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
  };
  const message = messageOf(heap, 64 * MEBIBYTE);
  expect(message).toContain("the system refused memory: wanted 67108864 bytes for x; 1048576 in use of 16777216 held");
  expect(message).not.toContain("memoryLimitBytes");
  // What is beyond the limit is not the system's doing, before and after.
  expect(messageOf(heap, 512 * MEBIBYTE)).toContain("of limit 268435456");
});

test("a system with few addresses is named: where they were halved, and where there are none", () => {
  const { Memory } = WebAssembly;
  const atMost = (pages: number) => {
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if ((descriptor.maximum ?? 0) > pages) throw new RangeError("could not allocate memory");
        super(descriptor);
      }
    };
  };
  try {
    atMost(1024);
    const heap = createHeap();
    expect(heap.use().limitBytes).toBe(64 * MEBIBYTE);
    expect(messageOf(heap, 128 * MEBIBYTE)).toContain("the system refused memory: wanted 134217728 bytes");
    atMost(0);
    expect(() => createHeap()).toThrow("the system refused 16777216 bytes, the first of the tensors' memory");
  } finally {
    WebAssembly.Memory = Memory;
  }
});

const hungry = fileURLToPath(new URL("../testing/use-memory.ts", import.meta.url));

test("under `ulimit -v` the memory is what the system gives, and the system is named", (context) => {
  const limited = (node: string) =>
    spawnSync("sh", ["-c", `ulimit -v 4000000 && exec "${process.execPath}" ${node}`], { encoding: "utf8" });
  if (limited("-e 0").status !== 0) return context.skip("needs a system that limits the addresses of a process");
  const { stdout } = limited(`--conditions @trivium/source "${hungry}"`);
  const { had, message } = JSON.parse(stdout) as { had: number; message: string };
  // A memory whose addresses were not reserved would end at its first 16 MiB.
  expect(had).toBeGreaterThanOrEqual(64 * MEBIBYTE);
  expect(message).toMatch(
    /^the system refused memory: wanted 16777216 bytes for a block of the test; \d+ in use of \d+ held, .*`ulimit -v`/,
  );
  expect(message).not.toMatch(/memoryLimitBytes|4 GiB/);
});

/** The message of the error that ends an allocation. */
function messageOf(heap: ReturnType<typeof createHeap>, bytes: number): string {
  try {
    heap.allocate(bytes, () => "x");
  } catch (error) {
    expect(TriviumError.is(error, "simd/out-of-memory")).toBe(true);
    return (error as Error).message;
  }
  return expect.unreachable("there was room");
}

test("a limit outside of what WebAssembly has is refused", () => {
  for (const memoryLimitBytes of [0, 65_536, 2 ** 33, Number.NaN]) {
    expect(() => createHeap({ memoryLimitBytes })).toThrow("memoryLimitBytes should be from 131072 (two pages)");
  }
});

test("poisoned blocks are NaN from end to end", () => {
  const heap = createHeap({ poison: true, memoryLimitBytes: MEBIBYTE });
  const block = heap.allocate(4000, () => "x");
  floats(heap, heap.addressOf(block), 1000).fill(1);
  heap.release(block);
  const again = heap.allocate(4000, () => "y");
  expect(floats(heap, heap.addressOf(again), 1000).every(Number.isNaN)).toBe(true);
});

test("misaligned blocks begin where the option says and still fit", () => {
  const heap = createHeap({ misalignBytes: 4, memoryLimitBytes: MEBIBYTE });
  const [first, second] = [heap.allocate(64, () => "a"), heap.allocate(64, () => "b")];
  expect(heap.addressOf(first) % 64).toBe(4);
  expect(Math.abs(heap.addressOf(second) - heap.addressOf(first))).toBeGreaterThanOrEqual(64);
});

test("a peak that was taken is of the time since the last one; the overall peak stays", () => {
  const heap = createHeap({ memoryLimitBytes: 64 * MEBIBYTE });
  const kept = heap.allocate(MEBIBYTE, () => "kept");
  heap.release(heap.allocate(4 * MEBIBYTE, () => "large"));
  expect([heap.takePeak(), heap.use().peakBytes]).toEqual([5 * MEBIBYTE, 5 * MEBIBYTE]);
  heap.release(heap.allocate(2 * MEBIBYTE, () => "small"));
  heap.release(kept);
  expect([heap.takePeak(), heap.takePeak(), heap.use().peakBytes]).toEqual([3 * MEBIBYTE, 0, 5 * MEBIBYTE]);
});
