import { expect, test } from "vitest";
import { findTorch, isRecent } from "./python.ts";

test("PyTorch counts from 2.4 on, with whatever stands behind its numbers", () => {
  expect(["1.13.0a0", "2.3.1", "2.4.0", "2.15.0+cu132", "3.0"].map(isRecent)).toEqual([false, false, true, true, true]);
});

test("without PyTorch there is a reason and what to install", async () => {
  expect(await findTorch(["/nowhere/python"])).toEqual({
    name: "torch",
    reason: "no Python with PyTorch 2.4 or newer (tried /nowhere/python)",
    remedy: "pip install torch, as docs/peers.md says, and name that Python in TRIVIUM_PYTHON",
  });
});

test("a program that is no Python is none", async () => {
  expect(await findTorch([process.execPath])).toHaveProperty("remedy");
});
