import "@tensorflow/tfjs-backend-cpu";
import { causal } from "@trivium/masks";
import { type Tensor, type Tensor2D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import type { ModelOptions } from "./config.ts";
import { embed, readOut } from "./embed.ts";
import { resolveConfig } from "./resolve-config.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const architecture: Architecture = { name: "causal", streams: ["tokens"], reads: "past", selfMask: () => causal() };
const table = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
  [-1, 0, 1, 0],
];
const places = [
  [0.5, 0, 0, 0],
  [0, 0.25, 0, 0],
];
const tree = { embedding: { weight: tf.tensor2d(table) } };
const configOf = (options: Partial<ModelOptions>) =>
  resolveConfig(architecture, { vocabulary: 3, width: 4, length: 2, heads: 2, ...options });
const rowsOf = (x: Tensor) => tf.reshape(x, [-1, x.shape.at(-1) as number]).arraySync() as number[][];

function embedded(options: Partial<ModelOptions>, positions: number[][], table = places): number[][] {
  const config = configOf(options);
  const stack = { tree: { positions: { weight: tf.tensor2d(table) } }, layers: [] };
  return rowsOf(embed({ config, tree, stack, ids: Int32Array.of(2, 1), positions, prefixAt: () => 1 }));
}

test("learned positions are added by logical position, and padding stands at position 0", () => {
  expect(embedded({}, [[0, 1]])).toEqual([
    [-0.5, 0, 1, 0],
    [5, 6.25, 7, 8],
  ]);
  expect(embedded({}, [[-1, 0]])).toEqual([
    [-0.5, 0, 1, 0],
    [5.5, 6, 7, 8],
  ]);
});

test("positions that restart take the second half of the table behind the prefix, from its beginning", () => {
  const behind = [
    [0, 0, 0, 9],
    [0, 0, 9, 0],
  ];
  expect(embedded({ positions: { kind: "learned", restart: true } }, [[0, 1]], [...places, ...behind])).toEqual([
    [-0.5, 0, 1, 0],
    [5, 6, 7, 17],
  ]);
});

test("embeddings are multiplied by √M only if it is asked for, before positions are added", () => {
  const scaled = embedded({ scaleEmbeddings: true }, [[0, 1]]);
  expect(scaled).toEqual([
    [-1.5, 0, 2, 0],
    [10, 12.25, 14, 16],
  ]);
});

test.each(["rotary", "alibi", "t5", "none"] as const)(
  "with %s positions the embedding is the token's alone",
  (positions) => {
    expect(embedded({ positions }, [[0, 1]])).toEqual([table[2], table[1]]);
  },
);

test("pitfall 20: a tied head reads out by the transposed embedding, scaled by 1/√M only if it is asked for", () => {
  const states = tf.tensor2d([[1, 0, 0, 1]]) as Tensor2D;
  expect(rowsOf(readOut(configOf({}), tree, states))).toEqual([[5, 13, -1]]);
  expect(rowsOf(readOut(configOf({ scaleOutputs: true }), tree, states))).toEqual([[2.5, 6.5, -0.5]]);
});

test("a head of its own is used instead of the embedding", () => {
  const head = { weight: tf.tensor2d([[1], [2], [3], [4]]) };
  const states = tf.tensor2d([[1, 0, 0, 1]]) as Tensor2D;
  expect(rowsOf(readOut(configOf({ head: { tied: false } }), { ...tree, head }, states))).toEqual([[5]]);
});
