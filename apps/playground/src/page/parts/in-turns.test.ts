import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inTurns } from "./in-turns.ts";

let frames: (() => void)[] = [];
let now = 0;

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  vi.spyOn(performance, "now").mockImplementation(() => now);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a frame makes drawings for eight milliseconds, and leaves the others to the next", () => {
  const drawn: number[] = [];
  const takeBack = [0, 1, 2, 3, 4].map((at) =>
    inTurns(() => {
      now += 5;
      drawn.push(at);
    }),
  );
  takeBack[3]?.();
  const counts: number[] = [];
  while (frames.length > 0) {
    frames.shift()?.();
    counts.push(drawn.length);
  }
  expect(drawn).toEqual([0, 1, 2, 4]);
  expect(counts).toEqual([2, 4]);
});
