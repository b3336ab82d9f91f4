import fc from "fast-check";
import { expect, test } from "vitest";
import { errorRates } from "./error-rate.ts";
import { answerPieces } from "./show-answer.ts";

const spelled = (prediction: string, references: string[], unit: "character" | "symbol" = "character") =>
  answerPieces({ prediction, references }, unit).map(({ is, text }) => `${is} ${text}`);

test("wrong, missing and right characters of an answer are told apart, against its nearest reference", () => {
  expect(spelled("kitten", ["sitting"])).toEqual(["wrong k", "right itt", "wrong e", "right n", "missing g"]);
  expect(spelled("abc", ["xyz", "abc"])).toEqual(["right abc"]);
  expect(spelled("", ["ab"])).toEqual(["missing ab"]);
  expect(spelled("ab", [""])).toEqual(["wrong ab"]);
  expect(spelled("", [""])).toEqual([]);
  expect(spelled("K AE T", ["K AH T S"], "symbol")).toEqual(["right K", "wrong AE", "right T", "missing S"]);
});

test("an answer too long to align is one piece", () => {
  const long = "a".repeat(2000);
  expect(spelled(long, [long])).toEqual([`right ${long}`]);
  expect(spelled(long, [`${long}b`])).toEqual([`wrong ${long}`]);
});

test("pieces spell the answer, and have as many errors as the error rate counts", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1, maxLength: 3 }), (prediction, references) => {
      const pieces = answerPieces({ prediction, references }, "character");
      const ofAnswer = pieces.filter(({ is }) => is !== "missing");
      expect(ofAnswer.map((piece) => piece.text).join("")).toBe(prediction);
      const count = (is: string) => pieces.reduce((sum, piece) => sum + (piece.is === is ? piece.text.length : 0), 0);
      const scored = { prediction: [...prediction], references: references.map((one) => [...one]) };
      const edits = Math.min(
        ...scored.references.map((one) =>
          Math.round(errorRates([{ ...scored, references: [one] }]).per * Math.max(1, one.length)),
        ),
      );
      expect(count("wrong") + count("missing")).toBe(edits);
    }),
  );
});
