import { existsSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { beforeAll, describe, expect, test } from "vitest";
import { q8Differences } from "./testing/q8-differences.ts";
import { measureCheckpoint, realCheckpoints } from "./testing/real-checkpoints.ts";

const root = process.env.TRIVIUM_CHECKPOINTS ?? "";
const missing = root === "" ? "TRIVIUM_CHECKPOINTS names no folder of checkpoints" : undefined;

describe.skipIf(missing)(`real checkpoints${missing ? ` (skipped: ${missing})` : ""}`, () => {
  beforeAll(async () => void (await simd.activate()));

  test.for(realCheckpoints)(
    "%s gives the logits of the reference within 1e-4, and its greedy tokens",
    { timeout: 120_000 },
    async (name, context) => {
      const folder = join(root, name);
      if (!existsSync(join(folder, "model.safetensors"))) context.skip(`${folder} holds no weights`);
      const { logits, compared, greedy } = await measureCheckpoint(folder);
      expect(compared).toBeGreaterThan(0);
      expect(logits).toBeLessThan(1e-4);
      expect(greedy.same).toBe(greedy.tokens);
    },
  );

  test("q8 moves the logits of stories260K by less than its blocks can", async () => {
    const compared = await q8Differences(join(root, "stories260K"));
    expect(compared).toHaveLength(3);
    for (const { difference, bound } of compared) {
      expect(difference).toBeLessThan(1.02 * bound);
      // A bound that says something: no logit's worth.
      expect(bound).toBeLessThan(20);
    }
    expect(compared.some(({ difference }) => difference > 0)).toBe(true);
  });
});
