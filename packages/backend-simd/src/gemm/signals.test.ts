import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { onednn } from "./library/onednn.ts";

const script = fileURLToPath(new URL("../testing/signalled.ts", import.meta.url));

test("signals that arrive while oneDNN multiplies leave the heap whole, and are heard", (context) => {
  const probe = onednn.create.probe();
  if (!probe.available) return context.skip(`needs oneDNN: ${probe.reason}`);
  const flags = ["--conditions", "@trivium/source", script, "onednn"];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: "utf8" });
  expect({ status, signal }, stderr).toEqual({ status: 0, signal: null });
  // A timer of a millisecond, whose signals the system joins where they come too fast.
  expect(JSON.parse(stdout).arrived).toBeGreaterThan(20);
});
