import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@trivium/core";
import { type Tensor3D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { orthogonalize } from "./orthogonalize.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Rows = readonly [readonly number[], readonly number[]];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * b[at]!, 0);

/** Of two rows: the square roots of the eigenvalues of `AAᵀ`, largest first. */
function singularValues([one, other]: Rows): [number, number] {
  const [a, b, c] = [dot(one, one), dot(one, other), dot(other, other)];
  const spread = Math.hypot((a - c) / 2, b);
  return [Math.sqrt((a + c) / 2 + spread), Math.sqrt(Math.max(0, (a + c) / 2 - spread))];
}

/** `UΣVᵀ` with a rotation of the plane on either side. */
function withValues([one, other]: readonly [number, number], left: number, right: number): Rows {
  const [c, s, d, t] = [Math.cos(left), Math.sin(left), Math.cos(right), Math.sin(right)];
  return [
    [c * one * d + s * other * t, c * one * t - s * other * d],
    [s * one * d - c * other * t, s * one * t + c * other * d],
  ];
}

const rowsOf = (matrices: Tensor3D): Rows[] => matrices.arraySync() as unknown as Rows[];

test("singular values come near 1, lying or standing, each matrix of the stack by itself", () => {
  const random = createRandom(1).split("matrices");
  const lying = tf.tensor3d(
    Array.from({ length: 40 * 2 * 5 }, () => random.normal()),
    [40, 2, 5],
  );
  const results = rowsOf(orthogonalize(lying));
  for (const [at, matrix] of rowsOf(lying).entries()) {
    const [large, small] = singularValues(matrix);
    // A value of less than a hundredth of the norm needs more rounds.
    expect(small).toBeGreaterThan(0.01 * Math.hypot(large, small));
    for (const value of singularValues(results[at]!)) {
      expect(value).toBeGreaterThan(0.6);
      expect(value).toBeLessThan(1.25);
    }
  }
  const standing = orthogonalize(tf.transpose(lying, [0, 2, 1]));
  expect(standing.shape).toEqual([40, 5, 2]);
  const difference = tf.max(tf.abs(tf.sub(tf.transpose(standing, [0, 2, 1]), orthogonalize(lying))));
  expect(difference.dataSync()[0]).toBeLessThan(1e-4);
});

test("directions stay: of UΣVᵀ comes UΣ′Vᵀ", () => {
  const [result] = rowsOf(orthogonalize(tf.tensor3d([withValues([3, 0.5], 0.7, -0.4)] as unknown as number[][][])));
  const [large, small] = singularValues(result!);
  const candidates = [withValues([large, small], 0.7, -0.4), withValues([small, large], 0.7, -0.4)];
  const distances = candidates.map((one) => Math.max(...one.flat().map((v, at) => Math.abs(v - result!.flat()[at]!))));
  expect(Math.min(...distances)).toBeLessThan(1e-5);
});

test("its size does not matter, and zeros stay zeros", () => {
  const matrix = tf.tensor3d([[[1, 2, 3], [-1, 0, 2]]]); // biome-ignore format: a matrix
  const [small, large] = [1e-2, 1e4].map((factor) => [...orthogonalize(tf.mul(matrix, factor) as Tensor3D).dataSync()]);
  large!.forEach((value, at) => {
    expect(value).toBeCloseTo(small![at]!, 3);
  });
  expect([...orthogonalize(tf.zeros([1, 2, 3])).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
});
