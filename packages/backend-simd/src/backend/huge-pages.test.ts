import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
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

test("the memory of tensors is in huge pages, where it begins and where it grew", (context) => {
  const koffi = koffiPath();
  if (process.platform !== "linux" || koffi === undefined) return context.skip("needs Linux and the package koffi");
  const backend = new SimdBackend({ threads: 1 });
  const { buffer } = backend.heap.memory;
  const late = backend.allocate([64 * 2 ** 20], "float32");
  expect(late.address + 4 * 64 * 2 ** 20).toBeGreaterThan(buffer.byteLength);
  const begin = loadKoffi(koffi).address(new Uint8Array(buffer));
  for (const offset of [0, buffer.byteLength, late.address + 2 ** 27]) {
    expect(flagsAt(begin + BigInt(offset))).toMatch(/ hg( |$)/);
  }
  backend.dispose();
});
