import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { assertOneVersion } from "./commands/doctor.ts";
import { ownManifest } from "./own-package.ts";
import { tfjsVersions } from "./tfjs-versions.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-versions-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a package below the folder; the path is where it is installed. */
function install(path: string, manifest: Record<string, unknown>): void {
  mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, path, "package.json"), JSON.stringify({ version: "1.0.0", ...manifest }));
}

const core = "@tensorflow/tfjs-core";

test("this program has one version, and tensor loads it", () => {
  const versions = tfjsVersions(ownManifest);
  expect([...versions.keys()]).toEqual(["4.22.0"]);
  expect(versions.get("4.22.0")).toContain("@trivium/tensor");
});

test("a second version deeper down is found, with who loads it, and refused with the remedy", () => {
  install(".", {
    name: "app",
    dependencies: { "@trivium/tensor": "1", "@tensorflow/tfjs-backend-cpu": "4", other: "1" },
  });
  install(`node_modules/${core}`, { name: core, version: "4.22.0" });
  install("node_modules/@trivium/tensor", { name: "@trivium/tensor", dependencies: { [core]: "4" } });
  const cpu = "node_modules/@tensorflow/tfjs-backend-cpu";
  install(cpu, { name: "@tensorflow/tfjs-backend-cpu", peerDependencies: { [core]: "4", "@tensorflow/missing": "1" } });
  install(`${cpu}/node_modules/${core}`, { name: core, version: "4.21.0" });
  const versions = Object.fromEntries(tfjsVersions(pathToFileURL(join(folder, "package.json"))));
  expect(versions).toEqual({ "4.22.0": ["@trivium/tensor"], "4.21.0": ["@tensorflow/tfjs-backend-cpu"] });
  expect(() => assertOneVersion(versions)).toThrow(
    "4.22.0 (@trivium/tensor) and 4.21.0 (@tensorflow/tfjs-backend-cpu); each has half of the kernels. Install one",
  );
});

test("one version is no trouble", () => {
  expect(() => assertOneVersion({ "4.22.0": ["@trivium/tensor"] })).not.toThrow();
});
