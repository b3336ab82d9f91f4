import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, test } from "vitest";
import { dropout } from "./fused/dropout.ts";
import { recompute } from "./recompute.ts";
import { type Tensor, type Tensor2D, tf } from "./tf.ts";
import { disposeTree, flattenTree, type ParameterTree } from "./tree.ts";
import { valueAndGradients } from "./value-and-gradients.ts";

const DEPTH = 4;
type Inputs = { x: Tensor; w: Tensor };
type Block = (inputs: Inputs) => Tensor;
type Run = (block: Block, inputs: Inputs) => Tensor;

const plain: Run = (block, inputs) => block(inputs);
const recomputed: Run = (block, inputs) => recompute(block, { inputs });
/** A recomputed part within a recomputed part, three deep. */
const nested: Run = (block, inputs) =>
  recompute((again) => recompute((once) => recomputed(block, once), { inputs: again }), { inputs });

let parameters: { x: Tensor; weights: Record<string, Tensor> };
beforeAll(async () => {
  await tf.setBackend("cpu");
  const weight = (seed: number) => tf.randomNormal([5, 5], 0, 0.5, "float32", seed);
  const weights = Object.fromEntries(Array.from({ length: DEPTH }, (_, index) => [`w${index}`, weight(index + 1)]));
  parameters = { x: tf.randomNormal([3, 5], 0, 1, "float32", 9), weights };
});

const numbers = (tensor: Tensor) => Array.from(tensor.dataSync());

/** Each block uses x twice and w twice, so their gradients are sums. */
const block: Block = ({ x, w }) =>
  tf.add(
    x,
    tf.matMul(dropout(tf.tanh(tf.matMul(x as Tensor2D, w as Tensor2D)), { rate: 0.3, seed: 5 }), w as Tensor2D),
  );

const loss = (run: Run) => () => {
  let { x } = parameters;
  for (const w of Object.values(parameters.weights)) x = run(block, { x, w });
  return tf.sum(tf.square(x));
};

/** The loss and all gradients, as numbers. */
function taken(of: () => Tensor, tree: ParameterTree = parameters): number[][] {
  const { value, gradients } = valueAndGradients(of, tree);
  const all = [value, ...Object.values(flattenTree<Tensor>(gradients))].map(numbers);
  value.dispose();
  disposeTree(gradients);
  return all;
}

describe("gradients are those without recomputation to the bit", () => {
  test("block by block, with dropout", () => expect(taken(loss(recomputed))).toEqual(taken(loss(plain))));

  test("pitfall: nested, where tfjs would lose the tape of the gradient around it", () =>
    expect(taken(loss(nested))).toEqual(taken(loss(plain))));

  test("nested, with ops around the inner part", () => {
    const { x, weights } = parameters;
    const [w, v] = [weights.w0!, weights.w1!];
    const around = (run: Run) => (inputs: { x: Tensor; w: Tensor; v: Tensor }) =>
      block({ x: tf.sin(run(block, { x: tf.cos(inputs.x), w: inputs.w })), w: inputs.v });
    const deep = () => tf.sum(recompute(around(recomputed), { inputs: { x, w, v } }));
    expect(taken(deep)).toEqual(taken(() => tf.sum(around(plain)({ x, w, v }))));
  });

  test("some blocks alone", () => {
    let at = 0;
    const some: Run = (...call) => (at++ % 2 === 0 ? recomputed : plain)(...call);
    expect(taken(loss(some))).toEqual(taken(loss(plain)));
  });

  test("of a tensor that is given twice", () => {
    const { x } = parameters;
    const product: Block = (inputs) => tf.mul(tf.sin(inputs.x), tf.square(inputs.w));
    const of = (run: Run) => () => tf.sum(run(product, { x, w: x }));
    expect(taken(of(recomputed), { x })).toEqual(taken(of(plain), { x }));
  });

  test("by tfjs's own grads, and of a gradient", () => {
    const [x, w] = [parameters.x, parameters.weights.w0!];
    const second = (run: Run) => {
      const first = tf.grad((at) => tf.sum(tf.square(run(block, { x: at, w }))));
      return tf.tidy(() => [numbers(first(x)), numbers(tf.grad((at) => tf.sum(tf.square(first(at))))(x))]);
    };
    const [expected, actual] = [second(plain), second(recomputed)];
    expect(actual[0]).toEqual(expected[0]);
    actual[1]!.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[1]![index]!, 4);
    });
  });

  test("of an input that the function does not use, and of one that it returns as it is", () => {
    const { x, weights } = parameters;
    const same = () => tf.sum(tf.square(recompute(({ x: given }) => given, { inputs: { x, w: weights.w0! } })));
    expect(taken(same, { x, w: weights.w0! })).toEqual(taken(() => tf.sum(tf.square(x)), { x, w: weights.w0! }));
  });
});

test("constants may be gone by the time of the backward pass", () => {
  const { x } = parameters;
  const shifted = (run: (shift: Tensor) => Tensor) => () => tf.tidy(() => tf.sum(tf.square(run(tf.scalar(3)))));
  const withConstants = shifted((shift) =>
    recompute(({ x: given }, { shift: by }) => tf.mul(given, by), { inputs: { x }, constants: { shift } }),
  );
  expect(taken(withConstants, { x })).toEqual(
    taken(
      shifted((shift) => tf.mul(x, shift)),
      { x },
    ),
  );
});

test("without a gradient the function runs once and leaves its value alone", () => {
  let calls = 0;
  const before = tf.memory().numTensors;
  const value = recompute(
    ({ x }) => {
      calls++;
      return tf.exp(tf.square(x));
    },
    { inputs: { x: parameters.x } },
  );
  expect([calls, tf.memory().numTensors - before]).toEqual([1, 1]);
  value.dispose();
});

test("fewer tensors live when the forward pass is over, and as many as ever after each step", () => {
  const liveAfter = (run: Run) => {
    let live = 0;
    taken(() => {
      const value = loss(run)();
      live = tf.memory().numTensors;
      return value;
    });
    return live;
  };
  const before = tf.memory().numTensors;
  expect(liveAfter(recomputed)).toBeLessThan(liveAfter(plain));
  for (let step = 0; step < 5; step++) {
    taken(loss(nested));
    expect(tf.memory().numTensors).toBe(before);
  }
});

describe("what is thrown", () => {
  const { state } = tf.engine();
  const failing = (call: number): Block => {
    let calls = 0;
    return (inputs) => {
      calls++;
      // Work before and after, whose saved tensors must be freed.
      const y = block(inputs);
      if (calls === call) throw new RangeError(`call ${call}`);
      return y;
    };
  };

  test.each([
    ["in the forward pass", 2],
    ["in the backward pass", DEPTH + 2],
  ])("%s comes out, frees what was saved and leaves the tape as it was", (_, call) => {
    const before = tf.memory().numTensors;
    const fails = failing(call);
    const run: Run = (_block, inputs) => recompute(fails, { inputs });
    expect(() => taken(loss(run))).toThrow(`call ${call}`);
    expect([tf.memory().numTensors, state.gradientDepth, state.kernelDepth]).toEqual([before, 0, 0]);
    expect(taken(loss(recomputed))).toEqual(taken(loss(plain)));
  });

  test("by a loss frees what was saved too", () => {
    const before = tf.memory().numTensors;
    const throwing = () => {
      loss(plain)();
      throw new RangeError("after all ops");
    };
    expect(() => valueAndGradients(throwing, parameters)).toThrow("after all ops");
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("valueAndGradients may be called within a gradient function", () => {
  const { x } = parameters;
  const inner = tf.customGrad((given) => ({
    value: tf.sum(tf.square(given as Tensor)),
    gradFunc: (dy) => {
      const { value, gradients } = valueAndGradients(() => tf.sum(tf.square(given as Tensor)), { x: given as Tensor });
      value.dispose();
      return tf.mul(dy, gradients.x as Tensor);
    },
  }));
  expect(taken(() => tf.square(inner(tf.tanh(x))), { x })).toEqual(
    taken(() => tf.square(tf.sum(tf.square(tf.tanh(x)))), { x }),
  );
});
