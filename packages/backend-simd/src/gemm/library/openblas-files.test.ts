import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { unpackInto } from "./openblas-files.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-openblas-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const packed = join(folder, "library.so.br");
writeFileSync(packed, brotliCompressSync(Buffer.from("a library")));

test("a compressed library is unpacked whole, into a folder that is made, and nothing else stays there", () => {
  const path = join(folder, "cache/openblas/1/library.so");
  expect(unpackInto(packed, path)).toBeUndefined();
  expect(readFileSync(path, "utf8")).toBe("a library");
  expect(readdirSync(join(path, ".."))).toEqual(["library.so"]);
});

test("what cannot be unpacked says where, why, and what to do, and leaves nothing behind", () => {
  const broken = join(folder, "broken.so.br");
  writeFileSync(broken, "no Brotli at all");
  const path = join(folder, "broken/library.so");
  expect(unpackInto(broken, path)).toMatch(/broken\.so\.br cannot be unpacked into .*library\.so: .*; .*TRIVIUM_CACHE/);
  expect(readdirSync(join(folder, "broken"))).toEqual([]);
  // A part of the path is a file, as where a folder cannot be written.
  expect(unpackInto(packed, join(packed, "library.so"))).toMatch(/; set TRIVIUM_CACHE to a folder that can be written/);
  expect(existsSync(join(packed, "library.so"))).toBe(false);
});
