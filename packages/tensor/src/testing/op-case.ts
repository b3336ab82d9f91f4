import { activeTraits } from "../backend-traits.ts";
import { type Tensor, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { assertClose, assertThat } from "./assert-close.ts";
import { type Grid, grid, total } from "./grid.ts";
import { drawInput, type Input, toTensor } from "./input.ts";
import { type Precision, toleranceOf } from "./tolerances.ts";

/** One op at one choice of shapes: what the backend runs, and the same in float64. */
export interface OpCase<Inputs extends Readonly<Record<string, Input>> = Readonly<Record<string, Input>>> {
  /** The row of the capability table and the key of the tolerance table. */
  readonly op: string;
  readonly variant?: string | undefined;
  readonly inputs: Inputs;
  readonly run: (inputs: { readonly [Name in keyof Inputs]: Tensor }) => Tensor;
  readonly oracle: (inputs: { readonly [Name in keyof Inputs]: Grid }) => Grid;
  /** The inputs whose gradients are checked. Default: the float32 ones. */
  readonly gradientOf?: readonly (keyof Inputs & string)[] | undefined;
}

/** Checks a case's types against its own inputs. */
export const opCase = <const Inputs extends Readonly<Record<string, Input>>>(one: OpCase<Inputs>): OpCase =>
  one as unknown as OpCase;

/** `matMul, b transposed`. */
export const nameOf = ({ op, variant }: OpCase): string => (variant ? `${op}, ${variant}` : op);

/** The inputs of a case whose gradients are checked. */
export const differentiable = ({ inputs, gradientOf }: OpCase): readonly string[] =>
  gradientOf ?? Object.keys(inputs).filter((name) => inputs[name]!.dtype === "float32");

type Named<Value> = Record<string, Value>;

/** Runs the case and compares it with its oracle. @throws {NumericsError} `testing/far` */
export async function checkForward(one: OpCase): Promise<void> {
  const grids = drawInputs(one);
  const output = tf.tidy(() => one.run(toTensors(one, grids)));
  try {
    const expected = one.oracle(grids);
    const { forward } = toleranceOf(one.op, activePrecision());
    assertClose(nameOf(one), { shape: output.shape, values: await output.data() }, expected, forward);
  } finally {
    output.dispose();
  }
}

/**
 * Compares the gradient of `Σ output · c`, for random c, with central differences of the float64 oracle.
 *
 * @throws {NumericsError} `testing/far`
 */
export async function checkGradient(one: OpCase): Promise<void> {
  const grids = drawInputs(one);
  const names = differentiable(one);
  const cotangent = drawInput(
    { shape: one.oracle(grids).shape, dtype: "float32", draw: signed },
    nameOf(one),
    "cotangent",
  );
  const tensors = toTensors(one, grids);
  const parameters = Object.fromEntries(names.map((name) => [name, tensors[name]!]));
  const { value, gradients, unreached } = valueAndGradients(
    () => tf.sum(tf.mul(tf.cast(one.run(tensors), "float32"), toTensor(cotangent, "float32"))),
    parameters,
  );
  const kept = [value, ...Object.values(gradients), ...Object.values(tensors)] as Tensor[];
  try {
    assertThat(unreached.length === 0, `${nameOf(one)}: no gradient reaches ${unreached.join(", ")}`);
    for (const name of names) {
      const got = gradients[name] as Tensor;
      const expected = centralDifferences(one, grids, name, cotangent);
      const { gradient } = toleranceOf(one.op, activePrecision());
      assertClose(`${nameOf(one)}, d/d${name}`, { shape: got.shape, values: await got.data() }, expected, gradient);
    }
  } finally {
    tf.dispose(kept);
  }
}

/** The precision that the active backend computes with. */
function activePrecision(): Precision {
  if (tf.backend().floatPrecision() === 16) return "float16";
  return activeTraits().arithmetic;
}

const signed = (uniform: () => number): number => Math.fround(2 * uniform() - 1);

function drawInputs(one: OpCase): Named<Grid> {
  const entries = Object.entries(one.inputs).map(([name, input]) => [name, drawInput(input, nameOf(one), name)]);
  return Object.fromEntries(entries);
}

function toTensors({ inputs }: OpCase, grids: Named<Grid>): Named<Tensor> {
  return Object.fromEntries(
    Object.entries(grids).map(([name, values]) => [name, toTensor(values, inputs[name]!.dtype)]),
  );
}

function centralDifferences(one: OpCase, grids: Named<Grid>, name: string, cotangent: Grid): Grid {
  // The cube root of float64's rounding unit balances rounding against the third derivative.
  const step = 6e-6;
  const { shape, values } = grids[name]!;
  const moved = values.slice();
  const objective = () => {
    const { values: output } = one.oracle({ ...grids, [name]: { shape, values: moved } });
    return total(output.map((value, index) => value * cotangent.values[index]!));
  };
  let element = 0;
  return grid(shape, () => {
    const original = values[element]!;
    moved[element] = original + step;
    const above = objective();
    moved[element] = original - step;
    const below = objective();
    moved[element++] = original;
    return (above - below) / (2 * step);
  });
}
