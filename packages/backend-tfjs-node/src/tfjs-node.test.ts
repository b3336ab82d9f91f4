import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tf } from "@trivium/tensor";
import { describeBackend } from "@trivium/tensor/testing";
import { afterAll, expect, test } from "vitest";
import { restoreIsNullOrUndefined } from "./restore-is-null-or-undefined.ts";
import { createTfjsNodeBackend, tfjsNode } from "./tfjs-node.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-tfjs-node-"));
const from = join(folder, "program.js");
const place = join(folder, "node_modules/@tensorflow/tfjs-node");
afterAll(() => rmSync(folder, { recursive: true }));

// What the package's own manifest says, as far as it matters here.
const binary = { module_name: "tfjs_binding", host: "https://downloads.example/tf", napi_versions: [3, 8] };

describeBackend(tfjsNode);

test("without the package, probe and activate say which command installs it", async () => {
  const backend = createTfjsNodeBackend({ from });
  expect(await backend.probe()).toEqual({
    available: false,
    reason: "the package @tensorflow/tfjs-node is not installed",
    remedy: expect.stringContaining("npm install @tensorflow/tfjs-node@4.22.0"),
  });
  await expect(backend.activate()).rejects.toMatchObject({ code: "backend/unavailable" });
  expect(tf.findBackendFactory("tensorflow")).toBeNull();
});

test("with the package but without its download, they name libtensorflow and where it comes from", async () => {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: "@tensorflow/tfjs-node", binary }));
  const found = await createTfjsNodeBackend({ from }).probe();
  expect(found).toMatchObject({ available: false, reason: expect.stringContaining("without libtensorflow") });
  expect(found).toHaveProperty(
    "remedy",
    expect.stringContaining("npm rebuild @tensorflow/tfjs-node with access to downloads.example"),
  );
});

test("with an addon that does not load, they pass on what the loader said", async () => {
  mkdirSync(join(place, "lib/napi-v8"), { recursive: true });
  writeFileSync(join(place, "lib/napi-v8/tfjs_binding.node"), "not a library");
  const found = await createTfjsNodeBackend({ from }).probe();
  expect(found).toMatchObject({
    available: false,
    reason: expect.stringMatching(/does not load: .*tfjs_binding\.node/),
  });
});

test("pitfall 34: util.isNullOrUndefined is there for tfjs-node, whatever the version of Node.js", () => {
  restoreIsNullOrUndefined();
  const { isNullOrUndefined } = createRequire(from)("util") as { isNullOrUndefined: (value: unknown) => boolean };
  expect([null, undefined, 0, "", false].map(isNullOrUndefined)).toEqual([true, true, false, false, false]);
});
