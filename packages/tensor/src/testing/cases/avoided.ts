import { tf } from "../../tf.ts";
import { at, elementwise, grid } from "../grid.ts";
import { floats } from "../input.ts";
import { type OpCase, opCase } from "../op-case.ts";

const broadcastExtremum = (name: "maximum" | "minimum"): OpCase =>
  opCase({
    op: `${name}, shapes that broadcast`,
    inputs: { a: floats([3, 5]), b: floats([5]) },
    run: ({ a, b }) => tf[name](a, b),
    oracle: ({ a, b }) => elementwise(name === "maximum" ? Math.max : Math.min, a, b),
  });

/** Ops that our code avoids, because some backend cannot differentiate them: measured for the table, asked of nobody. */
export const avoidedCases: readonly OpCase[] = [
  broadcastExtremum("maximum"),
  broadcastExtremum("minimum"),
  opCase({
    op: "einsum",
    inputs: { a: floats([2, 3]), b: floats([3, 4]) },
    run: ({ a, b }) => tf.einsum("ij,jk->ik", a, b),
    oracle: ({ a, b }) =>
      grid([2, 4], ([i, k]) => [0, 1, 2].reduce((sum, j) => sum + at(a, [i!, j]) * at(b, [j, k!]), 0)),
  }),
  opCase({
    op: "matMul, batch axes that broadcast",
    inputs: { a: floats([2, 3, 4]), b: floats([4, 5]) },
    run: ({ a, b }) => tf.matMul(a, b),
    oracle: ({ a, b }) =>
      grid([2, 3, 5], ([batch, i, k]) =>
        [0, 1, 2, 3].reduce((sum, j) => sum + at(a, [batch!, i!, j]) * at(b, [j, k!]), 0),
      ),
  }),
];
