import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernels as encoded } from "../generated/kernels.ts";
import { bestBuild, createNative } from "./create-native.ts";

const shared = () => new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });

describe("createNative", () => {
  it("takes the relaxed build exactly where the engine validates it", () => {
    const relaxed = WebAssembly.validate(Uint8Array.from(Buffer.from(encoded.relaxed, "base64")));
    expect(bestBuild()).toBe(relaxed ? "relaxed" : "plain");
    expect(createNative(shared()).build).toBe(bestBuild());
    expect(createNative(shared(), "plain").build).toBe("plain");
  });

  it("leaves the memory as it was, so that any number of instances share it", () => {
    const memory = shared();
    new Uint8Array(memory.buffer).fill(7);
    createNative(memory, "plain");
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 7)).toBe(true);
  });

  it.each(["plain", "relaxed"] as const)("exports in the %s build exactly what the interface declares", (build) => {
    const source = readFileSync(new URL("./native.ts", import.meta.url), "utf8");
    const declared = [...source.matchAll(/^ {2}(\w+)\(/gm)].map((match) => match[1]!);
    expect(Object.keys(createNative(shared(), build).kernels).sort()).toEqual(declared.sort());
  });

  it("works above 2 GiB, where offsets no longer fit a signed integer", () => {
    const memory = new WebAssembly.Memory({ initial: 32_769, maximum: 32_769, shared: true });
    const { kernels } = createNative(memory);
    const base = 2 ** 31;
    const x = new Float32Array(memory.buffer, base, 8).map((_, i) => i);
    new Float32Array(memory.buffer, base, 8).set(x);
    kernels.binary(0, base, 0, 1, base, 0, 1, base + 64, 8, 0, 8);
    expect(new Float32Array(memory.buffer, base + 64, 8)).toEqual(x.map((value) => 2 * value));
    kernels.gemm(0, 1, 1, 1, 8, base, 8, 0, base, 8, 0, base + 128, 1, 0, 0, 0, 64, 0, 1);
    expect(new Float32Array(memory.buffer, base + 128, 1)[0]).toBe(140);
  });
});
