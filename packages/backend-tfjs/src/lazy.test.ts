import { tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import { cpu, cpuPlugin, wasm, wasmPlugin, webgl, webglPlugin, webgpu, webgpuPlugin } from "./index.ts";

test("importing and probing the backends registers nothing with tfjs", async () => {
  for (const { probe } of [cpu, wasm, webgl, webgpu]) await probe();
  for (const name of ["cpu", "wasm", "webgl", "webgpu"]) expect(tf.findBackendFactory(name)).toBeNull();
});

test("each plugin's name is the name under which tfjs knows the backend", () => {
  for (const { name, create } of [cpuPlugin, wasmPlugin, webglPlugin, webgpuPlugin]) expect(create.name).toBe(name);
});
