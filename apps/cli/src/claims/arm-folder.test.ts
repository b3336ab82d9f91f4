import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredArm } from "@trivium/claims";
import { afterAll, expect, test } from "vitest";
import { createArmFolder } from "./arm-folder.ts";
import { openClaimsFolder } from "./claims-folder.ts";

const root = mkdtempSync(join(tmpdir(), "trivium-arms-"));
afterAll(() => rmSync(root, { recursive: true }));

const arm: StoredArm = {
  ...{
    format: "trivium-claim-arm",
    version: 1,
    hash: "ab12",
    name: "one",
    configuration: { seed: 1 },
    numbers: [1, 0.1, Number.POSITIVE_INFINITY, Number.NaN],
  },
};

test("an arm is read back as it was written, and nothing else is left", async () => {
  const store = createArmFolder(join(root, "a/b"));
  expect(await store.read("ab12")).toBeUndefined();
  await store.write(arm);
  expect(await store.read("ab12")).toEqual(arm);
  expect(readdirSync(join(root, "a/b/arms"))).toEqual(["ab12.json"]);
});

test.each([
  ["torn", '{"format":"triv'],
  ["foreign", '{"answer":42}'],
  ["misplaced", JSON.stringify({ ...arm, hash: "cd" })],
])("a file that is %s is not taken for results", async (name, text) => {
  const folder = join(root, name);
  mkdirSync(join(folder, "arms"), { recursive: true });
  writeFileSync(join(folder, "arms/ab12.json"), text);
  await expect(createArmFolder(folder).read("ab12")).rejects.toThrow("delete it and run the claim again");
});

test("a folder of something else is left alone", async () => {
  const folder = join(root, "photos");
  mkdirSync(folder);
  writeFileSync(join(folder, "cat.jpg"), "");
  await expect(openClaimsFolder(folder)).rejects.toThrow("photos holds cat.jpg and is not a folder of claims");
  expect(await openClaimsFolder(join(root, "new"))).toBeUndefined();
});
