import { koffiPath, loadKoffi } from "../gemm/library/koffi.ts";

/** Linux's advice for pages that are touched from now on, and for those that were touched before (since 6.1). */
const [MADV_HUGEPAGE, MADV_COLLAPSE] = [14, 25];
const libraries = ["libc.so.6", "libc.so"];

type Advise = (address: bigint, bytes: number, advice: number) => unknown;

let found: { readonly advise: Advise; readonly addressOf: (data: ArrayBufferView) => bigint } | undefined | null = null;

/**
 * Asks Linux to keep a part of the memory in pages of 2 MiB instead of 4 KiB. Products and attention read rows that lie kilobytes
 * apart, each in another page, and most of their addresses would have to be looked up in memory. No bit of a result changes. To
 * touch a page of 2 MiB first can take the system milliseconds: that is worth it for memory that is used again and again.
 *
 * Elsewhere, where the package koffi is missing, and where the system refuses, nothing is changed.
 *
 * @param from - byte offset of the part. Default: the whole memory. @param to - where the part ends.
 */
export function adviseHugePages({ buffer }: WebAssembly.Memory, from = 0, to = buffer.byteLength): void {
  if (found === null) found = findAdvise();
  if (!found) return;
  const address = found.addressOf(new Uint8Array(buffer, from));
  for (const advice of [MADV_HUGEPAGE, MADV_COLLAPSE]) found.advise(address, to - from, advice);
}

function findAdvise(): NonNullable<typeof found> | undefined {
  const path = globalThis.process?.platform === "linux" ? koffiPath() : undefined;
  if (path === undefined) return undefined;
  for (const library of libraries) {
    try {
      const koffi = loadKoffi(path);
      const advise = koffi.load(library).func("int madvise(uintptr_t, size_t, int)") as Advise;
      return { advise, addressOf: (data) => koffi.address(data) };
    } catch {
      // Another C library, under another name, or none that koffi was built for.
    }
  }
  return undefined;
}
