import { expect, test } from "vitest";
import { advance, bestOf, type SearchState } from "./hypotheses.ts";

const end = 3;
const rules = { beam: 2, lengthPenalty: 1, ends: [end] };
const open: SearchState = { room: 4, open: [{ ids: [], logProbability: 0, row: 0 }], ended: [], done: false };
const step = (search: SearchState, ...continuations: [id: number, logProbability: number][][]) =>
  advance(
    search,
    continuations.map((row) => row.map(([id, logProbability]) => ({ id, logProbability }))),
    rules,
  );

test("of all that goes on the best stay open, and an end counts among the best of all alone", () => {
  const first = step(open, [
    [7, -1],
    [8, -2],
    [end, -3],
  ]);
  expect(first.open).toEqual([
    { ids: [7], logProbability: -1, row: 0 },
    { ids: [8], logProbability: -2, row: 0 },
  ]);
  expect(first.ended).toEqual([]);
  const second = step(
    first,
    [[7, -3]],
    [
      [end, -0.5],
      [9, -1],
      [7, -9],
    ],
  );
  expect(second.open.map(({ ids, row }) => [ids, row])).toEqual([
    [[8, 9], 1],
    [[7, 7], 0],
  ]);
  expect(second.ended).toEqual([{ ids: [8], logProbability: -2.5, score: -2.5 / (7 / 6) }]);
});

test("it goes on while the longest answer could still win, and what has ended is kept", () => {
  const after = (logProbability: number) =>
    step(open, [
      [end, -1],
      [7, logProbability],
    ]);
  // Ended: −1 / 1. Open, at best: its own divided by (5 + 4) / 6.
  expect(after(-1.49)).toMatchObject({ done: false });
  expect(after(-1.51)).toMatchObject({ done: true });
  const won = step(after(-1.4), [[end, -0.01]]);
  expect(won.done).toBe(true);
  expect(won.ended.map(({ ids }) => ids)).toEqual([[], [7]]);
  // −1.41 / (7 / 6) is below −1.
  expect(bestOf(won)).toMatchObject({ reason: "end", ids: [] });
});

test("it is done when as many have ended as the beam holds, and at its most tokens", () => {
  const one = { ...open, ended: [{ ids: [9], logProbability: -9, score: -9 }] };
  expect(
    step(one, [
      [end, -1],
      [7, -1.1],
    ]).done,
  ).toBe(true);
  const cut = step({ ...open, room: 1 }, [[7, -1]]);
  expect(cut).toMatchObject({ done: true, ended: [] });
  expect(bestOf(cut)).toMatchObject({ reason: "length", ids: [7] });
});

test("what has no probability, or none that is a number, takes no place", () => {
  const row: [number, number][] = [
    [end, -Infinity],
    [7, Number.NaN],
  ];
  expect(step(open, row)).toMatchObject({ done: true, ended: [], open: [{ ids: [] }] });
});
