import { ShapeError } from "./errors.ts";

/** The axis letters of every shape in Trivium: in docstrings, comments, assertions and messages. */
export const AXES = {
  B: "batch",
  H: "query heads",
  G: "key/value heads",
  Q: "query positions",
  K: "key positions",
  D: "head width",
  M: "model width",
  F: "feed-forward width",
  V: "vocabulary",
  N: "layers",
} as const;

export type AxisLetter = keyof typeof AXES;
export type Shape = readonly number[];

type ShapeAndAxes = readonly [shape: Shape, axes: string];

/**
 * Per argument: its shape, and the axes it should have, separated by blanks: `[query.shape, "B H Q D"]`. An argument that
 * is not given has neither.
 */
export type ShapeTable = Readonly<Record<string, ShapeAndAxes | undefined>>;

const given = (table: ShapeTable): [name: string, ShapeAndAxes][] =>
  Object.entries(table).filter((entry): entry is [string, ShapeAndAxes] => entry[1] !== undefined);

const print = (shape: Shape): string => `[${shape.join(", ")}]`;

/**
 * Checks that shapes fit their axes and each other, and returns the size of each axis.
 *
 * An axis is a letter (the same size wherever it stands), a number (that size exactly) or `_` (any size).
 *
 * @param code - the error code, for example `"attention/shapes"`.
 * @param table - each argument's shape and axes.
 * @returns the size of each axis letter.
 * @throws {ShapeError} `code`, with all shapes, if a rank or a size disagrees.
 * @example assertShapes("demo", { x: [[2, 3], "B M"], w: [[3, 5], "M F"] }) // => { B: 2, M: 3, F: 5 }
 */
export function assertShapes(code: string, table: ShapeTable): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [name, [shape, axes]] of given(table)) {
    const letters = axes.split(" ");
    if (letters.length !== shape.length) {
      throw mismatch(code, table, `${name} should have rank ${letters.length} [${letters.join(", ")}]`);
    }
    letters.forEach((letter, axis) => {
      const size = shape[axis] as number;
      if (letter === "_") return;
      const isNumber = /^\d+$/.test(letter);
      const expected = isNumber ? Number(letter) : (sizes[letter] ?? size);
      if (!isNumber) sizes[letter] = expected;
      if (expected !== size) {
        const meaning = letter in AXES ? ` (${AXES[letter as AxisLetter]})` : "";
        throw mismatch(code, table, `axis ${letter}${meaning} of ${name} should be ${expected}, not ${size}`);
      }
    });
  }
  return sizes;
}

function mismatch(code: string, table: ShapeTable, what: string): ShapeError {
  const got = given(table).map(([name, [shape, axes]]) => `${name} ${print(shape)} as [${axes}]`);
  return new ShapeError(code, `${what}; got ${got.join(", ")}`, {
    details: Object.fromEntries(given(table).map(([name, [shape]]) => [name, [...shape]])),
  });
}
