import { tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import { cpu, wasm, webgl, webgpu } from "./index.ts";

test("importing and probing the plugins registers nothing with tfjs", async () => {
  for (const { create } of [cpu, wasm, webgl, webgpu]) await create.probe();
  for (const name of ["cpu", "wasm", "webgl", "webgpu"]) expect(tf.findBackendFactory(name)).toBeNull();
});

test("each plugin's name is the name under which tfjs knows the backend", () => {
  for (const { name, create } of [cpu, wasm, webgl, webgpu]) expect(create.name).toBe(name);
});
