import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mayHaveDriver } from "./vulkan-drivers.ts";

const nowhere = { HOME: "/none", XDG_CONFIG_DIRS: "/none", XDG_DATA_DIRS: "/none" };

test("on Linux a driver is one with a manifest in a folder of Vulkan, or one that the environment names", () => {
  const folder = mkdtempSync(join(tmpdir(), "vulkan-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "vulkan/icd.d"), { recursive: true });
  const env = { ...nowhere, XDG_DATA_DIRS: `/none:${folder}` };
  const before = mayHaveDriver({ platform: "linux", env });
  writeFileSync(join(folder, "vulkan/icd.d/card.json"), "{}");
  expect(mayHaveDriver({ platform: "linux", env })).toBe(true);
  expect(mayHaveDriver({ platform: "linux", env: { ...nowhere, VK_DRIVER_FILES: "/some.json" } })).toBe(true);
  // A machine with a driver in /etc has one whatever the variables say.
  expect(before).toBe(mayHaveDriver({ platform: "linux", env: nowhere }));
});

test("elsewhere Dawn uses what the system always has", () => {
  expect(mayHaveDriver({ platform: "darwin", env: nowhere })).toBe(true);
  expect(mayHaveDriver({ platform: "win32", env: nowhere })).toBe(true);
});
