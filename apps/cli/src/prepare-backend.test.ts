import { expect, test } from "vitest";
import { loadRegistry } from "./load-registry.ts";
import { backendOverrides, prepareBackend } from "./prepare-backend.ts";

const registry = await loadRegistry([]);

test("options that were given make a backend with them; without any it is the plugin's own", () => {
  expect(prepareBackend({ backend: "simd" }, registry)).toBe(registry.find("backend", "simd").create);
  const settings = { backend: "simd", threads: 2, gemm: "wasm", precision: "f32" } as const;
  expect(prepareBackend(settings, registry).name).toBe("simd(gemm=wasm,matmulPrecision=f32,threads=2)");
});

test("a backend that takes no options says which flags to leave out", () => {
  expect(() => prepareBackend({ backend: "cpu", threads: 2, precision: "bf16" }, registry)).toThrow(
    'backend "cpu" takes no options; leave out --threads, --precision',
  );
});

test("a provider of the user's own is found by its name", async () => {
  const { gemmProvider } = await import("@trivium/backend-simd");
  const mine = gemmProvider("mine", {
    probe: () => ({ available: true, version: "1", detail: "" }),
    open: () => ({ base: 0, product: () => {} }),
  });
  const backend = prepareBackend({ backend: "simd", gemm: "mine" }, registry.with([mine]));
  expect(await backend.numericIdentity?.()).toMatchObject({ gemm: "mine", gemmVersion: "1" });
});

test("flags change the settings of a run; those of one backend are not for another", () => {
  expect(backendOverrides({ tokens: "3" })).toEqual({});
  expect(backendOverrides({ threads: "2", gemm: "wasm" })).toEqual({ threads: 2, gemm: "wasm" });
  const none = { threads: undefined, gemm: undefined, precision: undefined, attention: undefined };
  expect(backendOverrides({ backend: "cpu" })).toEqual({ ...none, backend: "cpu" });
  expect(() => backendOverrides({ precision: "half" })).toThrow(/^--precision: /);
  expect(() => backendOverrides({ threads: "0" })).toThrow(/^--threads: /);
});
