import { expect, test } from "vitest";
import { findTorch } from "./python.ts";

test("without PyTorch there is a reason and what to install", async () => {
  expect(await findTorch(["/nowhere/python"])).toEqual({
    name: "torch",
    reason: "no Python with PyTorch (tried /nowhere/python)",
    remedy: "apt-get install python3-torch, or name a Python that has it in TRIVIUM_PYTHON",
  });
});

test("a program that is no Python is none", async () => {
  expect(await findTorch([process.execPath])).toHaveProperty("remedy");
});
