import "@tensorflow/tfjs-backend-cpu";
import { TriviumError } from "@trivium/core";
import { causal } from "@trivium/masks";
import { tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { attendProjected } from "./attend-projected.ts";
import { reference } from "./reference.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const states = (width: number): tf.Tensor3D => tf.ones([2, 5, width]);

test("keys and values may be those of a cache, with heads apart", () => {
  const cached = tf.ones<tf.Rank.R4>([2, 1, 5, 3]);
  const output = attendProjected(reference(), {
    query: states(6),
    key: cached,
    value: cached,
    heads: 2,
    mask: causal(),
  });
  expect(output.shape).toEqual([2, 5, 6]);
  expect(output.arraySync().flat(2)).toEqual(Array.from({ length: 60 }, () => expect.closeTo(1, 6)));
});

test.each([
  ["queries", 7, 6],
  ["keys", 6, 7],
])("%s of another width than that of whole heads are refused", (_, ofQueries, ofKeys) => {
  const request = { query: states(ofQueries), key: states(ofKeys), value: states(ofKeys), heads: 2, mask: causal() };
  try {
    attendProjected(reference(), request);
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "attention/projected-width")).toBe(true);
  }
});
