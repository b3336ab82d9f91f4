import { expect, test } from "vitest";
import { assertShapes } from "./axes.ts";

test("sizes are bound by letter across arguments", () => {
  expect(assertShapes("t", { x: [[2, 3], "B M"], w: [[3, 5], "M F"], b: [[5, 9], "F _"] })).toEqual({
    B: 2,
    M: 3,
    F: 5,
  });
});

test("a wrong rank and a wrong size are told with every shape", () => {
  expect(() => assertShapes("t/rank", { x: [[2], "B M"] })).toThrow("x should have rank 2 [B, M]; got x [2] as [B M]");
  expect(() => assertShapes("t/size", { x: [[2, 3], "B M"], w: [[4, 5], "M F"] })).toThrow(
    "axis M (model width) of w should be 3, not 4; got x [2, 3] as [B M], w [4, 5] as [M F]",
  );
  expect(() => assertShapes("t/size", { x: [[2, 3], "B 4"] })).toThrow("axis 4 of x should be 4, not 3");
});
