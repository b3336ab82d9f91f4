import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernels as encoded } from "../generated/kernels.ts";
import { rawProduct } from "../testing/raw-product.ts";
import { bestBuild, createWasmKernels } from "./create-wasm-kernels.ts";

const shared = (initial = 1) => new WebAssembly.Memory({ initial, maximum: 4, shared: true });

describe("createWasmKernels", () => {
  it("takes the relaxed build exactly where the engine validates it", () => {
    const relaxed = WebAssembly.validate(Uint8Array.from(Buffer.from(encoded.relaxed, "base64")));
    expect(bestBuild()).toBe(relaxed ? "relaxed" : "plain");
    expect(createWasmKernels(shared()).build).toBe(bestBuild());
    expect(createWasmKernels(shared(), "plain").build).toBe("plain");
  });

  it("writes the same constants every time, all in the first page, so that any number of instances share a memory", () => {
    const memory = shared(2);
    const bytes = new Uint8Array(memory.buffer).fill(7);
    createWasmKernels(memory);
    const once = bytes.slice();
    expect(once.slice(0, 65_536)).not.toEqual(new Uint8Array(65_536).fill(7));
    expect(once.slice(65_536).every((byte) => byte === 7)).toBe(true);
    createWasmKernels(memory);
    expect(bytes.slice()).toEqual(once);
  });

  it.each(["plain", "relaxed"] as const)("exports in the %s build exactly what the interface declares", (build) => {
    const source = readFileSync(new URL("../generated/wasm-exports.ts", import.meta.url), "utf8");
    const declared = [...source.matchAll(/^ {2}(\w+)\(/gm)].map((match) => match[1]!);
    expect(Object.keys(createWasmKernels(shared(), build).kernels).sort()).toEqual(declared.sort());
  });

  it("works above 2 GiB, where offsets no longer fit a signed integer", () => {
    const memory = new WebAssembly.Memory({ initial: 32_769, maximum: 32_769, shared: true });
    const { kernels } = createWasmKernels(memory);
    const base = 2 ** 31;
    const x = new Float32Array(memory.buffer, base, 8).map((_, i) => i);
    new Float32Array(memory.buffer, base, 8).set(x);
    kernels.binary(0, base, 0, 1, base, 0, 1, base + 64, 8, 0, 8);
    expect(new Float32Array(memory.buffer, base + 64, 8)).toEqual(x.map((value) => 2 * value));
    const column = { transposeB: true, m: 1, n: 1, k: 8, a: base, lda: 8, b: base, ldb: 8, c: base + 128, ldc: 1 };
    const words = rawProduct(column);
    new Int32Array(memory.buffer, base + 256, words.length).set(words);
    kernels.product(base + 256, 65_536, 0, 1);
    expect(new Float32Array(memory.buffer, base + 128, 1)[0]).toBe(140);
  });
});
