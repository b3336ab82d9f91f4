import { simd } from "@trivium/backend-simd";
import { causal, type Mask, padding } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { attendProjected } from "./attend-projected.ts";
import type { AttentionKernel } from "./attention-kernel.ts";
import { blockwise } from "./blockwise.ts";
import { fused } from "./fused.ts";
import { mergeHeads } from "./heads.ts";
import { reference } from "./reference.ts";

beforeAll(() => simd.activate());

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const kernels = [reference(), blockwise({ blockKeys: 2 }), fused()];

/** Four positions of width 1 with a query of 0, so that every visible key weighs the same. */
function attended(kernel: AttentionKernel, mask: Mask, values: number[], keys = [0, 0, 0, 0]): number[] {
  const column = (numbers: number[]) => tf.tensor4d(numbers, [1, 1, 4, 1]) as Tensor4D;
  return tf.tidy(() => {
    const request = { query: column([0, 0, 0, 0]), key: column(keys), value: column(values), mask };
    const [rows, merged] = [kernel.attend(request), [request.query, request.key, request.value].map(mergeHeads)];
    const [query, key, value] = merged as [ReturnType<typeof mergeHeads>, never, never];
    const projected = attendProjected(kernel, { query, key, value, heads: 1, mask });
    expect([...projected.dataSync()]).toEqual([...rows.dataSync()]);
    return [...rows.dataSync()];
  });
}

test.each(kernels)("$name: values that a mask hides leave no trace, and visible ones count as numbers do", (kernel) => {
  expect(attended(kernel, causal(), [2, 4, infinity, 1])).toEqual([2, 3, infinity, infinity]);
  expect(attended(kernel, causal(), [2, 4, -infinity, infinity])).toEqual([2, 3, -infinity, nan]);
  expect(attended(kernel, causal(), [2, nan, 5, 1])).toEqual([2, nan, nan, nan]);
  expect(attended(kernel, padding({ lengths: [2] }), [2, 4, nan, infinity])).toEqual([3, 3, 3, 3]);
});

test.each(kernels)("$name: keys that a mask hides leave no trace", (kernel) => {
  expect(attended(kernel, causal(), [2, 4, 6, 8], [0, 0, nan, 0])).toEqual([2, 3, nan, nan]);
  expect(attended(kernel, padding({ lengths: [2] }), [2, 4, 6, 8], [0, 0, infinity, nan])).toEqual([3, 3, 3, 3]);
});
