import type { numpy } from "@jax-js/jax";
import { type Absent, isAbsent, timed } from "../contender.ts";
import type { MlpContender } from "../contenders/mlp-contender.ts";
import { type MlpWork, mlpValues } from "../mlp-work.ts";
import { jaxArray, loadJax } from "./jax.ts";

type Parameters = { w1: numpy.Array; b1: numpy.Array; w2: numpy.Array; b2: numpy.Array };

/** The same training in jax-js, compiled as a whole. */
export async function jaxMlp(work: MlpWork): Promise<MlpContender | Absent> {
  const jax = await loadJax();
  if (isAbsent(jax)) return jax;
  const { numpy: np, jit, valueAndGrad, tree, blockUntilReady } = jax;
  const { rows, input, hidden, output, rate } = work;
  const values = mlpValues(work);
  const x = jaxArray(jax, values.x, [rows, input]);
  const y = jaxArray(jax, values.y, [rows, output]);
  let parameters: Parameters = {
    w1: jaxArray(jax, values.w1, [input, hidden]),
    b1: jaxArray(jax, values.b1, [hidden]),
    w2: jaxArray(jax, values.w2, [hidden, output]),
    b2: jaxArray(jax, values.b2, [output]),
  };
  // Each use of an array consumes it, unless it is a `ref`.
  const loss = ({ w1, b1, w2, b2 }: Parameters, some: numpy.Array, targets: numpy.Array) => {
    const states = np.tanh(np.matmul(some, w1).add(b1));
    return np.mean(np.square(np.matmul(states, w2).add(b2).sub(targets)));
  };
  const step = jit((before: Parameters, some: numpy.Array, targets: numpy.Array) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(before), some, targets);
    const down = (parameter: numpy.Array, gradient: numpy.Array) => parameter.sub(gradient.mul(rate));
    return [value, tree.map(down, before, gradients)] as [numpy.Array, Parameters];
  });
  let last = Number.NaN;
  return {
    name: "jax-js",
    precision: "f32",
    work,
    loss: () => last,
    run: (times) =>
      timed(async () => {
        for (let time = 0; time < times; time++) {
          const [value, after] = step(parameters, x.ref, y.ref);
          parameters = await blockUntilReady(after);
          last = (await value.data())[0] as number;
        }
      }),
    close() {
      x.dispose();
      y.dispose();
      tree.dispose(parameters);
    },
  };
}
