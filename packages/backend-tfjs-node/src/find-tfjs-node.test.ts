import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tf } from "@trivium/tensor";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { findTfjsNode } from "./find-tfjs-node.ts";
import { createTfjsNodeBackend, tfjsNode } from "./tfjs-node.ts";
import { LIBTENSORFLOW } from "./versions.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-tfjs-node-"));
const from = join(folder, "program.js");
const place = join(folder, "node_modules/@tensorflow/tfjs-node");
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  vi.stubEnv("TRIVIUM_CACHE", join(folder, "cache"));
  return () => vi.unstubAllEnvs();
});

// What the package's own manifest says, as far as it matters here.
const binary = { module_name: "tfjs_binding", host: "https://downloads.example/tf", napi_versions: [3, 8] };

test("without the package, probe and activate name the setup first, and the backend as it is called", async () => {
  const backend = createTfjsNodeBackend({ from });
  expect(await backend.probe()).toEqual({
    available: false,
    reason: "libtensorflow is not set up",
    remedy: expect.stringMatching(/^Run trivium setup tfjs-node .* npm install @tensorflow\/tfjs-node@4\.22\.0/),
  });
  await expect(backend.activate()).rejects.toMatchObject({
    code: "backend/unavailable",
    message: expect.stringMatching(/^backend "tfjs-node" cannot run here: /),
  });
  expect(tf.findBackendFactory("tfjs-node")).toBeNull();
  expect(await backend.numericIdentity?.()).toEqual({ backend: "tfjs-node", tfjsNode: "4.22.0" });
});

test("with the package but without its download, they name the setup and where the library comes from", async () => {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: "@tensorflow/tfjs-node", binary }));
  const found = await createTfjsNodeBackend({ from }).probe();
  expect(found).toMatchObject({ available: false, reason: expect.stringContaining("without libtensorflow") });
  expect(found).toHaveProperty(
    "remedy",
    expect.stringMatching(/trivium setup tfjs-node.*access to downloads\.example/),
  );
});

test("an addon that does not load is found by probe, which loads nothing; activate passes on the loader's words", async () => {
  mkdirSync(join(place, "lib/napi-v8"), { recursive: true });
  const addon = join(place, "lib/napi-v8/tfjs_binding.node");
  writeFileSync(addon, "not a library");
  const backend = createTfjsNodeBackend({ from });
  expect(await backend.probe()).toEqual({
    available: true,
    detail: "libtensorflow of the installed @tensorflow/tfjs-node",
  });
  await expect(backend.activate()).rejects.toMatchObject({
    code: "tfjs-node/load",
    message: expect.stringMatching(/tfjs_binding\.node does not load: .+; run trivium setup --remove tfjs-node/),
  });
  expect(tf.findBackendFactory("tfjs-node")).toBeNull();
});

test("what trivium setup made goes before an installed package, unless the place is named", () => {
  const made = join(folder, "cache/tfjs-node", LIBTENSORFLOW);
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, "setup.json"), "{}");
  expect(findTfjsNode()).toMatchObject({ package: `${made}/package/`, addon: `${made}/tfjs_binding.node` });
  expect(findTfjsNode(from)).toMatchObject({ package: `${place}/` });
});

test("threads that are none are refused, and options of other backends", () => {
  expect(() => tfjsNode.withOptions?.({ threads: 0 })).toThrow(/options of backend "tfjs-node": threads: /);
  expect(() => tfjsNode.withOptions?.({ gemm: "openblas" })).toThrow(/gemm/);
});
