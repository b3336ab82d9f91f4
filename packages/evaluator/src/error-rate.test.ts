import { expect, test } from "vitest";
import { errorRates } from "./error-rate.ts";

test("edits are counted to the nearest reference, and any edit makes the word wrong", () => {
  const scored = [
    { prediction: ["K", "AE", "T"], references: [["K", "AE", "T"]] },
    {
      prediction: ["D", "AO", "G", "Z"],
      references: [
        ["D", "AO", "G"],
        ["D", "AA", "G", "S"],
      ],
    },
    { prediction: [], references: [["AH"]] },
  ];
  expect(errorRates(scored)).toEqual({ per: 2 / 7, wer: 2 / 3, exactMatch: 1 - 2 / 3, examples: 3 });
});

test("of two references equally near, the shorter one gives the length", () => {
  const references = [
    ["A", "B", "C"],
    ["A", "B"],
  ];
  expect(errorRates([{ prediction: ["A", "X", "C"], references }]).per).toBe(1 / 3);
  expect(errorRates([{ prediction: ["A"], references: [["A", "B", "C"].slice(1), ["B"]] }]).per).toBe(1);
});

test("nothing to score and an example without references are refused", () => {
  expect(() => errorRates([])).toThrow("there is nothing to score");
  expect(() => errorRates([{ prediction: ["A"], references: [] }])).toThrow("no reference");
});
