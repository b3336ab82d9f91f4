import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { oneProduct } from "../gemm/gemm-request.ts";
import { koffiPath, loadKoffi } from "../gemm/library/koffi.ts";
import { SimdBackend } from "./simd-backend.ts";

/** The flags of the mapping that holds an address. */
function flagsAt(address: bigint): string | undefined {
  let isHere = false;
  for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) /.exec(line) ?? [];
    if (from !== undefined) isHere = address >= BigInt(`0x${from}`) && address < BigInt(`0x${to}`);
    else if (isHere && line.startsWith("VmFlags:")) return line;
  }
  return undefined;
}

test("memory that trains is in huge pages, where it begins and where it grew; other memory is not", (context) => {
  const koffi = koffiPath();
  if (process.platform !== "linux" || koffi === undefined) return context.skip("needs Linux and the package koffi");
  const backend = new SimdBackend({ threads: 1 });
  const { buffer } = backend.heap.memory;
  const begin = loadKoffi(koffi).address(new Uint8Array(buffer));
  const isHuge = (offset: number) => / hg( |$)/.test(String(flagsAt(begin + BigInt(offset))));
  const product = (transposeA: boolean) =>
    backend.multiply({
      ...oneProduct,
      m: 1,
      n: 1,
      k: 1,
      a: place,
      lda: 1,
      b: place,
      ldb: 1,
      c: place,
      ldc: 1,
      transposeA,
    });
  const place = backend.allocate([1], "float32").address;
  product(false);
  expect(isHuge(0)).toBe(false);
  product(true);
  const late = backend.allocate([64 * 2 ** 20], "float32");
  expect(late.address + 4 * 64 * 2 ** 20).toBeGreaterThan(buffer.byteLength);
  for (const offset of [0, buffer.byteLength, late.address + 2 ** 27]) expect(isHuge(offset)).toBe(true);
  backend.dispose();
});
