import "@tensorflow/tfjs-backend-cpu";
import { TriviumError } from "@trivium/core";
import { causal, custom, prefix } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttentionRequest } from "./attention-kernel.ts";
import { attentionScale, attentionShape } from "./attention-shape.ts";

let request: AttentionRequest;
beforeAll(async () => {
  await tf.setBackend("cpu");
  request = { query: zeros(2, 4, 3, 8), key: zeros(2, 2, 5, 8), value: zeros(2, 2, 5, 8), mask: causal() };
});
afterAll(() => tf.disposeVariables());

const zeros = (...shape: [number, number, number, number]): Tensor4D => tf.zeros(shape);

function errorOf(change: Partial<AttentionRequest>): TriviumError {
  try {
    attentionShape({ ...request, ...change });
  } catch (error) {
    if (TriviumError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("names every axis", () => {
  expect(attentionShape(request)).toEqual({ B: 2, H: 4, G: 2, Q: 3, K: 5, D: 8 });
  expect(attentionScale(request, attentionShape(request))).toBe(1 / Math.sqrt(8));
});

test("head widths that differ are refused with both shapes", () => {
  const error = errorOf({ query: zeros(2, 4, 3, 6) });
  expect(error.code).toBe("attention/head-width");
  expect(error.message).toContain("[2, 4, 3, 6]");
  expect(error.message).toContain("[2, 2, 5, 8]");
});

test("pitfall attention-gym#98: a mask made for another batch size is refused, one row included", () => {
  const three = errorOf({ mask: prefix({ lengths: [1, 2, 3] }) });
  expect([three.code, three.message]).toEqual([
    "attention/mask-rows",
    "the mask speaks of 3 rows, the request has 2; make the mask for this batch",
  ]);
  expect(errorOf({ mask: prefix({ lengths: [1] }) }).code).toBe("attention/mask-rows");
  expect(attentionShape({ ...request, mask: prefix({ lengths: 3 }) }).B).toBe(2);
});

test("a mask for another number of heads is refused", () => {
  const mask = custom("per-head", (_b, h, q, k) => k <= q + h, { heads: 2 });
  expect(errorOf({ mask }).code).toBe("attention/mask-heads");
});

test.each<[string, () => Partial<AttentionRequest>]>([
  ["attention/grouped-heads", () => ({ query: zeros(2, 3, 3, 8) })],
  ["attention/shapes", () => ({ key: zeros(2, 2, 4, 8) })],
  ["attention/shapes", () => ({ key: zeros(2, 2, 0, 8), value: zeros(2, 2, 0, 8) })],
  ["attention/shapes", () => ({ query: tf.zeros([4, 3, 8]) as never })],
  ["attention/bias", () => ({ bias: { kind: "dense", values: zeros(2, 4, 5, 3) } })],
  ["attention/bias", () => ({ bias: { kind: "dense", values: zeros(3, 4, 3, 5) } })],
  ["attention/bias", () => ({ bias: relative({ table: tf.zeros([8, 2]) }) })],
  ["attention/bias", () => ({ bias: relative({ keyPositions: [[0, 1, 2]] }) })],
  [
    "attention/bias",
    () => ({
      bias: relative({
        queryPositions: [
          [0, 1, 2],
          [0, 1, 2],
          [0, 1, 2],
        ],
      }),
    }),
  ],
  ["attention/bias", () => ({ bias: { ...positions, kind: "alibi", slopes: [1, 2] } })],
  ["attention/dropout", () => ({ dropout: { rate: -0.1, seed: 1 } })],
  ["attention/scale", () => ({ scale: Number.NaN })],
])("refuses with %s (case %#)", (code, change) => {
  expect(errorOf(change()).code).toBe(code);
});

const positions = { queryPositions: [[0, 1, 2]], keyPositions: [[0, 1, 2, 3, 4]] };

function relative(change: object) {
  const table = tf.zeros<tf.Rank.R2>([8, 4]);
  return { kind: "relative", table, bidirectional: false, maxDistance: 12, ...positions, ...change } as const;
}
