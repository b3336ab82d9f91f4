import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import { assertClose, grid } from "@trivium/tensor/testing/cases";
import { beforeAll, expect, test } from "vitest";
import { gridOf } from "../testing/affine-in-float64.ts";
import { sinusoidalPositions } from "./sinusoidal.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

test("channel 2i is sin(position / 10000^(2i/M)) and channel 2i + 1 its cosine, for each row's own positions", () => {
  const positions = [
    [0, 1, 2],
    [40, 41, 511],
  ];
  const width = 6;
  const expected = grid([2, 3, width], (index) => {
    const [row, slot, channel] = index as [number, number, number];
    const pair = channel >> 1;
    const angle = (positions[row]![slot] as number) / 10_000 ** ((2 * pair) / width);
    return channel === 2 * pair ? Math.sin(angle) : Math.cos(angle);
  });
  assertClose("sinusoidal", gridOf(sinusoidalPositions(positions, width)), expected, 1e-6);
});

test("the first position is 0, 1, 0, 1 …, and padding stands there", () => {
  expect([...sinusoidalPositions([[0]], 4).dataSync()]).toEqual([0, 1, 0, 1]);
  expect([...sinusoidalPositions([[-1]], 4).dataSync()]).toEqual([0, 1, 0, 1]);
});
