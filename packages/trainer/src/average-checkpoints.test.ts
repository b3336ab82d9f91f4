import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderFiles, writeCheckpoint } from "@trivium/checkpoint/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { averageCheckpoints } from "./average-checkpoints.ts";

const folder = mkdtempSync(join(tmpdir(), "average-"));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  for (const step of [1, 2, 3, 4]) {
    const model = {
      a: { dtype: "F32" as const, shape: [2], data: Float32Array.of(step, 10 * step) },
      b: { dtype: "F32" as const, shape: [], data: Float32Array.of(-step) },
    };
    await writeCheckpoint(folder, { step, keep: 9, files: { "model.safetensors": model, "config.json": { step } } });
  }
});

test("the last checkpoints are averaged, with the configuration of the newest", async () => {
  const { steps, model, config } = await averageCheckpoints(folderFiles(folder), 3);
  expect(steps).toEqual([4, 3, 2]);
  expect(model).toEqual({
    a: { dtype: "F32", shape: [2], data: Float32Array.of(3, 30) },
    b: { dtype: "F32", shape: [], data: Float32Array.of(-3) },
  });
  expect(config).toEqual({ step: 4 });
});

test("fewer checkpoints than are asked for are refused with those that there are", async () => {
  await expect(averageCheckpoints(folderFiles(folder), 5)).rejects.toThrow(
    "holds fewer whole checkpoints than 5: 4, of step 4, 3, 2, 1; average fewer (--last), or train with more of them (--keep)",
  );
  await expect(averageCheckpoints(folderFiles(join(folder, "none")), 1)).rejects.toThrow("than 1: none;");
});
