import { createRandom } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import { visiblePairs } from "@trivium/masks";
import {
  disposeTree,
  flattenTree,
  layerNorm,
  mapTree,
  type ParameterTree,
  rmsNorm,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  tf,
  valueAndGradients,
} from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { ModelOptions } from "./config.ts";
import { countModelParameters, forwardFlops, trainingFlops } from "./counters.ts";
import { createModel } from "./create-model.ts";
import { logitsOf } from "./logits-of.ts";
import type { LanguageModel } from "./model.ts";
import { resolveConfig } from "./resolve-config.ts";
import { streamLayout } from "./stream-layout.ts";
import { families, kernels, onCpu, onPoisoned } from "./testing/families.ts";
import {
  causal,
  describeArchitecture,
  encoderDecoder,
  prefix,
  sampleInput,
  sampleVocabulary,
  tinyConfig,
} from "./testing.ts";

// The comparison with a prefix model writes out the last norm, whose gains are the parameters themselves.
const { "Qwen and Gemma style": _unitOffset, ...plainGains } = families;
const ofOneText = {
  ...plainGains,
  "positions that restart": { positions: { kind: "learned", restart: true } },
} as const;

const topOnly = { sharedStacks: true, crossAttention: "merged" } as const;

const configs = Object.fromEntries([
  ...Object.entries(ofOneText).map(([name, family]) => [`top only, ${name}`, { ...family, ...topOnly }]),
  ["merged, stacks of their own", { crossAttention: "merged", layers: { source: 1, target: 2 }, dropout: 0.1 }],
  [
    "merged, restarting in a stack of its own",
    { crossAttention: "merged", positions: { kind: "learned", restart: true } },
  ],
]) as Record<string, Partial<ModelOptions>>;

/** Where the loss bends within the step of the differences; the gradients are compared with another model's below. */
const bent = "top only, Llama style";
const skip = [
  { reason: "its slope changes within the step of the differences", tests: ["gradients ≡ finite differences"] },
];
const few = ["top only, GPT-2 style", "merged, stacks of their own"];

const suites = [
  { on: onPoisoned, attention: kernels.fused, names: Object.keys(configs) },
  { on: onPoisoned, attention: kernels.blockwise, names: few },
  { on: onCpu, attention: kernels.reference, names: few },
];
for (const { on, attention, names } of suites) {
  for (const name of names) {
    const own = { [name]: configs[name] as Partial<ModelOptions> };
    const skipped = name === bent ? skip : undefined;
    describeArchitecture(encoderDecoder, { ...on, attention, configs: own, skip: skipped });
  }
}

type StreamRows = ModelInput["streams"][string];

/** One example: ids of the source, and of the target behind it. */
interface Pair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}
const pairs: readonly Pair[] = [
  { source: [3, 9, 4, 4, 12], target: [7, 1, 15] },
  { source: [8, 2], target: [5, 5, 11, 6] },
];

const rowsOf = (ids: readonly (readonly number[])[]): StreamRows => {
  const length = Math.max(...ids.map((row) => row.length));
  const padded = ids.flatMap((row) => [...row, ...Array.from({ length: length - row.length }, () => 0)]);
  return { ids: Int32Array.from(padded), lengths: ids.map((row) => row.length), length };
};
const inTwo = (given: readonly Pair[]): ModelInput => ({
  size: given.length,
  streams: { source: rowsOf(given.map(({ source }) => source)), target: rowsOf(given.map(({ target }) => target)) },
  prefixLengths: given.map(() => 0),
});
const inOne = ({ source, target }: Pair): ModelInput => ({
  size: 1,
  streams: { tokens: rowsOf([[...source, ...target]]) },
  prefixLengths: [source.length],
});

const targetRows = (logits: Tensor3D, { source, target }: Pair): Tensor3D =>
  tf.slice(logits, [0, source.length, 0], [1, target.length, logits.shape[2]]);

/** The last states of the source, after the last norm, in a prefix model: its rows see nothing else. */
function sourceStates(model: LanguageModel, parameters: ParameterTree, pair: Pair): Tensor3D {
  let last: Tensor3D | undefined;
  const { layers, norm } = model.config;
  tf.dispose(
    logitsOf(model, parameters, inOne(pair), {
      onStates({ layer, states }) {
        if (layer !== layers) return undefined;
        last = tf.keep(tf.slice(states, [0, 0, 0], [1, pair.source.length, states.shape[2]]));
        return undefined;
      },
    }),
  );
  const states = last as unknown as Tensor3D;
  if (norm.placement === "post") return states;
  const { gain, bias } = (parameters.tokens as ParameterTree).norm as { gain: Tensor1D; bias?: Tensor1D };
  return (bias ? layerNorm(states, gain, bias, norm.epsilon) : rmsNorm(states, gain, norm.epsilon)) as Tensor3D;
}

/** Logits of the target in a prefix model whose source is put to its last states before every layer. */
function withTopStates(model: LanguageModel, parameters: ParameterTree, pair: Pair): Tensor3D {
  const top = sourceStates(model, parameters, pair);
  const { length } = pair.source;
  const logits = logitsOf(model, parameters, inOne(pair), {
    onStates({ layer, states }) {
      if (layer === model.config.layers) return undefined;
      const rest = tf.slice(states, [0, length, 0], [1, states.shape[1] - length, states.shape[2]]);
      return tf.concat([top, rest], 1);
    },
  });
  return targetRows(logits, pair);
}

/** The parameters of a prefix model and the same as the shared stack, all far from zero. */
function parametersOf(model: LanguageModel): { single: ParameterTree; shared: ParameterTree } {
  const fresh = model.createParameters(createRandom(4));
  const single = mapTree(fresh, (leaf, path) => {
    const random = createRandom(`merged/${path}`);
    const values = leaf.dataSync().map((value) => value + 0.3 * random.normal());
    return tf.tensor(values, leaf.shape);
  });
  const { tokens, ...rest } = single;
  return { single, shared: { ...rest, shared: tokens as ParameterTree } };
}

/** Leaves as numbers under the names of one stack. */
function gradientsOf(loss: () => Tensor, parameters: ParameterTree): Record<string, number[]> {
  const { value, gradients } = valueAndGradients(() => loss() as never, parameters);
  const leaves = Object.entries(flattenTree<Tensor>(gradients));
  const found = leaves.map(([path, leaf]) => [path.replace(/^(shared|tokens)\./, "stack."), [...leaf.dataSync()]]);
  tf.dispose([value, ...leaves.map(([, leaf]) => leaf)]);
  return Object.fromEntries(found);
}

const furthest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (b[at] as number))), 0);

const cases = Object.entries(ofOneText).flatMap(([name, family]) => [1, 3].map((layers) => ({ name, family, layers })));

describe.each(cases)("top only, $name, $layers layers", ({ family, layers }) => {
  const config = { ...tinyConfig, ...family, layers };
  const [one, two] = [
    createModel({ architecture: prefix, config, attention: kernels.reference }),
    createModel({ architecture: encoderDecoder, config: { ...config, ...topOnly }, attention: kernels.reference }),
  ];
  beforeAll(() => onCpu.activate());

  test("is the prefix model with the source's last states in the place of its states in each layer, and else not", () => {
    const { single, shared } = parametersOf(one);
    const together = tf.tidy(() => logitsOf(two, shared, inTwo(pairs)).arraySync());
    for (const [row, pair] of pairs.entries()) {
      const merged = (together[row] as number[][]).slice(0, pair.target.length).flat();
      const [patched, plain] = tf.tidy(() => [
        [...withTopStates(one, single, pair).dataSync()],
        [...targetRows(logitsOf(one, single, inOne(pair)), pair).dataSync()],
      ]) as [number[], number[]];
      expect(furthest(patched, merged)).toBeLessThan(2e-5);
      expect(furthest(plain, merged)).toBeGreaterThan(1e-3);
    }
    disposeTree(single);
  });

  test("has the gradients of that model, those through the source's states too", () => {
    const { single, shared } = parametersOf(one);
    const [pair] = pairs as [Pair];
    const loss = (logits: Tensor3D) => tf.sum(tf.sin(logits));
    const expected = gradientsOf(() => loss(withTopStates(one, single, pair)), single);
    const actual = gradientsOf(() => loss(logitsOf(two, shared, inTwo([pair]))), shared);
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [path, gradient] of Object.entries(expected)) {
      expect(furthest(gradient, actual[path] as number[]), path).toBeLessThan(
        5e-5 * Math.max(1, ...gradient.map(Math.abs)),
      );
    }
    disposeTree(single);
  });

  test("has the parameters of one stack, name for name", () => {
    const named = (model: LanguageModel) => {
      const tree = model.createParameters(createRandom(1));
      const shapes = Object.entries(flattenTree(tree)).map(([path, { shape }]) => [
        path.replace("tokens.", "shared."),
        shape,
      ]);
      disposeTree(tree);
      return Object.fromEntries(shapes);
    };
    expect(named(two)).toEqual(named(one));
    expect(countModelParameters(encoderDecoder, { ...config, ...topOnly })).toBe(countModelParameters(prefix, config));
  });
});

test("the mask is the prefix architecture's, in the rows behind the source; padding and other documents apart", () => {
  const config = resolveConfig(encoderDecoder, { vocabulary: sampleVocabulary, ...topOnly });
  const input = inTwo(pairs);
  const selfMask = streamLayout({ architecture: encoderDecoder, config }, input, "target").selfMasks[0]!;
  const { source, target } = input.streams as { source: StreamRows; target: StreamRows };
  pairs.forEach((pair, row) => {
    const inPrefix = prefix.selfMask({ prefixLengths: pair.source.length });
    for (let query = 0; query < target.length; query++) {
      for (let key = 0; key < source.length + target.length; key++) {
        const own = key - source.length;
        const real = query < pair.target.length && (own < 0 ? key < pair.source.length : own < pair.target.length);
        const place = own < 0 ? key : pair.source.length + own;
        const wanted = real && inPrefix.visible(0, 0, pair.source.length + query, place);
        expect(selfMask.visible(row, 0, query, key), `row ${row}: ${query}, ${key}`).toBe(wanted);
      }
    }
  });
  const rows = [5, 3].map((length) => ({ length, prefixLength: 0 }));
  const packed = sampleInput(encoderDecoder, { rows, packing: 8 });
  const layout = streamLayout({ architecture: encoderDecoder, config }, packed, "target");
  const pairsOf = (length: number) => length * length + (length * (length + 1)) / 2;
  expect(visiblePairs(layout.selfMasks[0]!, { queries: 8, keys: 16 })).toBe(pairsOf(5) + pairsOf(3));
  expect(layout.queryPositions).toEqual([[5, 6, 7, 8, 9, 3, 4, 5]]);
});

test("its FLOPs are the prefix model's, with the source's keys and values of each layer twice and no logits of the source", () => {
  const config = { vocabulary: 31, width: 24, heads: 4, keyValueHeads: 2, layers: 3, feedForward: 40 };
  const [source, target] = [7, 4];
  const one = forwardFlops(prefix, config, { lengths: { tokens: source + target }, prefixLength: source });
  const two = forwardFlops(encoderDecoder, { ...config, ...topOnly }, { lengths: { source, target } });
  expect(two.attention).toBe(one.attention);
  expect(two.projections - one.projections).toBe(3 * 2 * source * (2 * 24 * 12));
  expect(two.head).toBe(2 * target * 24 * 31);
  const alone = forwardFlops(causal, config, { lengths: { tokens: target } });
  const unmerged = forwardFlops(encoderDecoder, { ...config, sharedStacks: true }, { lengths: { source, target } });
  expect(unmerged.projections - two.projections).toBe(3 * 2 * target * (2 * 24 * 24));
  expect(alone.head).toBe(two.head);
  const batch = sampleInput(encoderDecoder, { rows: [{ length: 5, prefixLength: 0 }] });
  const row = { lengths: { source: 5, target: 5 } };
  const options = { ...config, ...topOnly };
  expect(trainingFlops(encoderDecoder, options)(batch)).toBe(3 * forwardFlops(encoderDecoder, options, row).total);
});

test("stacks of their own save cross-attention: its four maps and norm in each layer of the target", () => {
  const config = { vocabulary: 31, width: 24, heads: 4, layers: 3, norm: "rms", biases: false } as const;
  const [separate, merged] = (["separate", "merged"] as const).map((crossAttention) =>
    countModelParameters(encoderDecoder, { ...config, crossAttention }),
  ) as [number, number];
  expect(separate - merged).toBe(3 * (4 * 24 * 24 + 24));
});

test("what merged attention is not for is refused", () => {
  const merged = { ...tinyConfig, ...topOnly };
  expect(() => resolveConfig(prefix, { ...tinyConfig, crossAttention: "merged" })).toThrow(
    'crossAttention: "merged" is for two streams, the second attending to the first; there are no crossMask',
  );
  const model = createModel({ architecture: encoderDecoder, config: merged, attention: kernels.reference });
  const long = sampleInput(encoderDecoder, { rows: [{ length: 9, prefixLength: 0 }] });
  const parameters = model.createParameters(createRandom(1));
  expect(() => logitsOf(model, parameters, long)).toThrow(
    'stream "source + target" has a row of 18 tokens and the model\'s length is 16',
  );
  disposeTree(parameters);
});

test.each(Object.entries(ofOneText))("%s: recomputation changes no bit of a gradient", async (_name, family) => {
  await onPoisoned.activate();
  for (const own of [topOnly, { crossAttention: "merged" } as const]) {
    const config = { ...tinyConfig, ...family, ...own, layers: 3, dropout: 0.2 };
    const model = createModel({ architecture: encoderDecoder, config, attention: kernels.fused });
    const parameters = model.createParameters(createRandom(1));
    const rows = [7, 5].map((length) => ({ length, prefixLength: 0 }));
    const input = sampleInput(encoderDecoder, { rows });
    const taken = (recompute: boolean) =>
      gradientsOf(
        () => tf.mean(tf.square(logitsOf(model, parameters, input, { dropoutSeed: "seed", recompute }))),
        parameters,
      );
    expect(taken(true)).toEqual(taken(false));
    disposeTree(parameters);
  }
});
