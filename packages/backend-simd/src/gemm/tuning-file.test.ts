import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseGemm } from "./choose-gemm.ts";
import { readTuning, tuningFile, writeTuning } from "./tuning-file.ts";

const names = ["TRIVIUM_TUNING", "TRIVIUM_GEMM", "XDG_CONFIG_HOME"] as const;
const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trivium-tuning-"));
  for (const name of names) delete process.env[name];
  process.env.XDG_CONFIG_HOME = folder;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test("a choice that was written is taken, the option and the environment before it", () => {
  expect(readTuning()).toEqual({});
  expect(writeTuning({ f32: "wasm" })).toBe(join(folder, "trivium", "gemm.json"));
  expect(chooseGemm().name).toBe("wasm");
  writeTuning({ f32: "nothing-of-that-name" });
  expect(() => chooseGemm()).toThrow('there is no GEMM provider "nothing-of-that-name"');
  expect(chooseGemm({ gemm: "wasm" }).name).toBe("wasm");
  process.env.TRIVIUM_GEMM = "wasm";
  expect(chooseGemm().name).toBe("wasm");
});

test("TRIVIUM_TUNING names another file; one that holds something else is refused by its name", () => {
  const file = join(folder, "mine.json");
  process.env.TRIVIUM_TUNING = file;
  expect(tuningFile()).toBe(file);
  writeFileSync(file, "{");
  expect(() => chooseGemm()).toThrow(`${file} should hold the choice of "trivium doctor --tune"`);
});
