import { ConfigError } from "@trivium/core";
import { Allocator, GRANULE } from "./allocator.ts";
import type { Block } from "./block.ts";

const PAGE = 65_536;
/** All that 32-bit addresses reach: 4 GiB. */
const MAXIMUM_PAGES = 65_536;
export const MAXIMUM_BYTES = MAXIMUM_PAGES * PAGE;
const INITIAL_PAGES = 256;
const LARGEST_GROWTH_BYTES = 256 * 2 ** 20;

export interface HeapOptions {
  /** The most that the shared memory may grow to. Default and maximum 4 GiB. */
  readonly memoryLimitBytes?: number;
  /** Fills every fresh block with NaN, so that a kernel that forgets to write an element is found. */
  readonly poison?: boolean;
  /** For tests: blocks begin that many bytes after a cache line (a multiple of 4). */
  readonly misalignBytes?: number;
}

/** What a heap holds, in bytes. */
export interface HeapUse {
  readonly liveBytes: number;
  /** The most that was live at once, since the heap was made. */
  readonly peakBytes: number;
  /** What the shared memory has grown to. */
  readonly capacityBytes: number;
  readonly limitBytes: number;
}

/** Blocks of one shared WebAssembly memory. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Waits until no job uses the memory any more. Whoever looks into it, or writes to it, on this thread calls it first; jobs need not. */
  settle(): void;
  /**
   * @throws {ConfigError} `simd/out-of-memory` with the bytes that were asked for, the purpose, the bytes in use and
   *   held, and whether the limit or the system stands in the way.
   */
  allocate(bytes: number, what: () => string): Block;
  release(block: Block): void;
  /** Address of a block's first usable byte. */
  addressOf(block: Block): number;
  use(): HeapUse;
  /** The most bytes that were live at once since the last call: of a step, say. */
  takePeak(): number;
}

/** Functions by which the owner of a heap takes part in it. */
export interface HeapOwner {
  /** Told of each part of the memory, by byte offsets, before anything lies there. Default: nothing is done. */
  readonly onNewPart?: ((memory: WebAssembly.Memory, from: number, to: number) => void) | undefined;
  /** See `Heap`. Default: there are no jobs. */
  readonly settle?: (() => void) | undefined;
}

/**
 * A heap on a new shared WebAssembly memory, which starts at 16 MiB and grows on demand. The first page is left
 * to the kernels' constants.
 *
 * @throws {ConfigError} `simd/memory-limit` if the limit is below one page beyond the constants or above 4 GiB,
 *   `simd/out-of-memory` if the system refuses even the first pages.
 */
export function createHeap(options: HeapOptions = {}, owner: HeapOwner = {}): Heap {
  const { onNewPart = () => {}, settle = () => {} } = owner;
  const limitPages = pagesOf(options.memoryLimitBytes ?? MAXIMUM_BYTES);
  const { memory, maximum } = createSharedMemory(limitPages);
  const misalign = options.misalignBytes ?? 0;
  const limitBytes = maximum * PAGE;
  onNewPart(memory, 0, memory.buffer.byteLength);
  let peakBytes = 0;
  let recentPeakBytes = 0;
  // Fewer addresses than asked for were to be had.
  const isReservedShort = maximum < limitPages;
  let isRefused = false;
  const allocator = new Allocator({
    startBytes: PAGE,
    endBytes: memory.buffer.byteLength,
    grow: (wantedEnd) => {
      const before = memory.buffer.byteLength;
      const end = growMemory(memory, wantedEnd, limitBytes);
      if (end > before) onNewPart(memory, before, end);
      isRefused = end < wantedEnd && (wantedEnd <= limitBytes || isReservedShort);
      return end;
    },
  });
  const use = (): HeapUse => ({
    liveBytes: allocator.liveBytes(),
    peakBytes: Math.max(peakBytes, recentPeakBytes),
    capacityBytes: memory.buffer.byteLength,
    limitBytes,
  });
  return {
    memory,
    settle,
    allocate(bytes, what) {
      const block = allocator.allocate(bytes + misalign);
      if (block === undefined) throw outOfMemory(bytes, what(), { ...use(), isRefused }, allocator.largestFreeBytes());
      recentPeakBytes = Math.max(recentPeakBytes, allocator.liveBytes());
      if (options.poison) {
        settle();
        poison(memory, block);
      }
      return block;
    },
    release: (block) => allocator.release(block),
    addressOf: (block) => block.start * GRANULE + misalign,
    use,
    takePeak() {
      const taken = recentPeakBytes;
      peakBytes = Math.max(peakBytes, taken);
      recentPeakBytes = allocator.liveBytes();
      return taken;
    },
  };
}

function pagesOf(limitBytes: number): number {
  const pages = Math.floor(limitBytes / PAGE);
  if (!(pages >= 2 && pages <= MAXIMUM_PAGES)) {
    throw new ConfigError(
      "simd/memory-limit",
      `memoryLimitBytes should be from ${2 * PAGE} (two pages) to ${MAXIMUM_PAGES * PAGE} (4 GiB), got ${limitBytes}`,
      { details: { limitBytes } },
    );
  }
  return pages;
}

// Some browsers and limits (`ulimit -v`) refuse to reserve 4 GiB of addresses; half of it may still be had. A memory whose
// addresses were not reserved may be made all the same, and then never grows.
function createSharedMemory(limitPages: number): { memory: WebAssembly.Memory; maximum: number } {
  for (let maximum = limitPages; ; maximum = Math.floor(maximum / 2)) {
    try {
      const initial = Math.min(INITIAL_PAGES, maximum);
      const memory = new WebAssembly.Memory({ initial: initial - 1, maximum, shared: true });
      memory.grow(1);
      return { memory, maximum };
    } catch (error) {
      if (maximum > INITIAL_PAGES) continue;
      const message = `the system refused ${maximum * PAGE} bytes, the first of the tensors' memory (0 bytes held). ${MORE_MEMORY}`;
      throw new ConfigError("simd/out-of-memory", message, { cause: error });
    }
  }
}

function growMemory(memory: WebAssembly.Memory, wantedEnd: number, limitBytes: number): number {
  const capacity = memory.buffer.byteLength;
  if (wantedEnd > limitBytes) return capacity;
  const generous = Math.min(limitBytes, capacity + Math.min(capacity / 2, LARGEST_GROWTH_BYTES));
  for (const end of [Math.max(wantedEnd, generous), wantedEnd]) {
    try {
      memory.grow(Math.ceil((end - capacity) / PAGE));
      break;
    } catch {
      // The host has less than it promised: try the smaller request, then report what there is.
    }
  }
  return memory.buffer.byteLength;
}

function poison(memory: WebAssembly.Memory, { start, size }: Block): void {
  // As float32 a NaN, as int32 a number that no index reaches.
  new Uint32Array(memory.buffer, start * GRANULE, (size * GRANULE) / 4).fill(0x7fc00000);
}

/** The system's own limits, which no option of the backend moves. */
const MORE_MEMORY =
  "Give the process more memory (`ulimit -v`, the limit of its container, other programs), or make the batch or the model smaller";

function outOfMemory(bytes: number, what: string, held: HeapUse & { readonly isRefused: boolean }, free: number) {
  const { liveBytes: inUseBytes, capacityBytes, limitBytes, isRefused } = held;
  const wanted = `wanted ${bytes} bytes for ${what}; ${inUseBytes} in use of`;
  const raise = limitBytes < MAXIMUM_PAGES * PAGE ? ", or raise memoryLimitBytes (at most 4 GiB)" : "";
  const message = isRefused
    ? `the system refused memory: ${wanted} ${capacityBytes} held, largest free run ${free}. ${MORE_MEMORY}`
    : `${wanted} limit ${limitBytes}, largest free run ${free}. Dispose tensors (tf.tidy), make the batch or the model smaller${raise}`;
  const details = { wantedBytes: bytes, what, inUseBytes, capacityBytes, limitBytes, isRefused };
  return new ConfigError("simd/out-of-memory", message, { details });
}
