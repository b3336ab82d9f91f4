import { inflateSync } from "node:zlib";
import { reference } from "@trivium/attention";
import { custom } from "@trivium/masks";
import { expect, test } from "vitest";
import { packed, torchAttention } from "./torch-attention.ts";

const work = { label: "a mask", batch: 1, heads: 1, length: 4, width: 4, attention: reference() };

test("a mask whose queries see more than one run of keys is left out, with the reason", async () => {
  const mask = custom("even", (_b, _h, _q, k) => k % 2 === 0);
  const [found] = await torchAttention({ ...work, mask }, { precision: ["f32"], threads: [1] });
  expect(found).toEqual({
    name: "torch",
    reason: expect.stringContaining("query 0 sees keys 0 to 0 and key 2, but not 1"),
    remedy: expect.stringContaining("--peers torch"),
  });
});

test("positions are packed as differences, and add up again", () => {
  const positions = Int32Array.from({ length: 100_000 }, (_, query) => Math.max(0, query - 255));
  const text = packed(positions);
  expect(text.length).toBeLessThan(2000);
  const differences = new Int32Array(new Uint8Array(inflateSync(Buffer.from(text, "base64"))).buffer);
  let sum = 0;
  expect(differences.map((difference) => (sum += difference))).toEqual(positions);
});
