import { createWasmKernels, type WasmBuild } from "../wasm/create-wasm-kernels.ts";
import type { WasmKernels } from "../wasm/wasm-kernels.ts";

/** Both builds, for tests that run over each. */
export const builds: readonly WasmBuild[] = ["plain", "relaxed"];

/** A memory of 4 MiB for tests of raw kernels: data goes in at odd offsets, with guard words around it. */
export interface TestMemory {
  readonly kernels: WasmKernels;
  /** Scratch for `gemm`. */
  readonly scratch: number;
  /** Copies data in, at an offset that is a multiple of 4 bytes and not of 16. */
  put(data: Float32Array | Int32Array | Uint8Array): number;
  /** Room for an output, filled with NaN. */
  floats(length: number): number;
  readFloats(pointer: number, length: number): Float32Array;
  readInts(pointer: number, length: number): Int32Array;
  readBytes(pointer: number, length: number): Uint8Array;
  /** Forgets everything put so far, and throws if a kernel wrote outside what it was given. */
  reset(): void;
}

const GUARD = 0x5a;
const guardBytes = 36;

/** A test memory with the kernels of one build. */
export function createTestMemory(build: WasmBuild): TestMemory {
  const memory = new WebAssembly.Memory({ initial: 96, maximum: 96, shared: true });
  const { kernels } = createWasmKernels(memory, build);
  const bytes = new Uint8Array(memory.buffer);
  const scratch = 65_536;
  const begin = scratch + kernels.gemmScratchBytes() + 64;
  let next = begin;
  let guards: number[] = [];
  let count = 0;

  const guard = (): void => {
    bytes.fill(GUARD, next, next + guardBytes);
    guards.push(next);
    next += guardBytes;
  };
  const room = (byteLength: number): number => {
    guard();
    const pointer = 4 * Math.ceil(next / 4) + 4 * (count++ % 4);
    bytes.fill(GUARD, next, pointer);
    next = pointer + byteLength;
    if (next + guardBytes > bytes.length) throw new RangeError("the test memory is full");
    return pointer;
  };
  return {
    kernels,
    scratch,
    put(data) {
      const pointer = room(data.byteLength);
      bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), pointer);
      return pointer;
    },
    floats(length) {
      const pointer = room(4 * length);
      new Float32Array(memory.buffer, pointer, length).fill(Number.NaN);
      return pointer;
    },
    readFloats: (pointer, length) => new Float32Array(memory.buffer, pointer, length).slice(),
    readInts: (pointer, length) => new Int32Array(memory.buffer, pointer, length).slice(),
    readBytes: (pointer, length) => bytes.slice(pointer, pointer + length),
    reset() {
      guard();
      const broken = guards.find((at) => bytes.subarray(at, at + guardBytes).some((byte) => byte !== GUARD));
      next = begin;
      guards = [];
      if (broken !== undefined) throw new RangeError(`a kernel wrote outside its data, at offset ${broken}`);
    },
  };
}

/** Runs a kernel over the pieces of `[0, total)` that the cuts leave, in order. */
export function inPieces(total: number, cuts: readonly number[], run: (start: number, end: number) => void): void {
  const bounds = [0, ...cuts.map((cut) => cut % (total + 1)).sort((a, b) => a - b), total];
  for (let i = 0; i + 1 < bounds.length; i++) run(bounds[i]!, bounds[i + 1]!);
}

/** Float32 values that need all 24 bits, between −2 and 2. */
export function waves(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(seed + i * 1.7) * 2);
}

/** The first element further from its float64 counterpart than `relative·|expected| + absolute`, in words, or undefined. */
export function firstMismatch(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, absolute }: { relative: number; absolute: number },
): string | undefined {
  if (actual.length !== expected.length) return `length ${actual.length}, expected ${expected.length}`;
  for (let i = 0; i < expected.length; i++) {
    const [got, want] = [actual[i]!, expected[i]!];
    if (Object.is(got, want) || got === want) continue;
    if (!(Math.abs(got - want) <= relative * Math.abs(want) + absolute))
      return `element ${i} is ${got}, expected ${want}`;
  }
  return undefined;
}
