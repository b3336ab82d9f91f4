import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import {
  and,
  causal,
  custom,
  full,
  type Mask,
  not,
  or,
  packed,
  padding,
  positioned,
  prefix,
  visiblePairs,
  window,
} from "@trivium/masks";
import { type Tensor, type Tensor2D, type Tensor3D, type Tensor4D, tf } from "@trivium/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { alibiSlopes } from "./alibi-slopes.ts";
import { attendPages } from "./attend-pages.ts";
import type { AttentionBias, AttentionKernel } from "./attention-kernel.ts";
import { fused } from "./fused.ts";
import { KeyValuePages } from "./key-value-pages.ts";
import { PageReading } from "./page-reading.ts";
import { relativeBucket } from "./relative-bucket.ts";
import { attentionGradientsInFloat64, attentionInFloat64, describeKernel } from "./testing.ts";

/** Fresh memory holds NaN: what is read before it is written shows. */
const poisoned = createSimdBackend({ name: "simd-fused-poisoned", poison: true, threads: 1 });
/** Tiles are multiplied by the best library that is here, however small they are. */
const library = createSimdBackend({
  name: "simd-fused-library",
  poison: true,
  threads: 2,
  splitUnits: 1,
  gemmForSmall: true,
});
const libraryAlone = createSimdBackend({ name: "simd-fused-library-1", poison: true, threads: 1, gemmForSmall: true });
/** Each query block is a job of its own. */
const threaded = [1, 2, 4].map((threads) =>
  createSimdBackend({ name: `simd-fused-${threads}`, poison: true, threads, splitUnits: 1 }),
);

describeKernel(fused(), { label: "fused on poisoned simd", activate: () => poisoned.activate() });

describeKernel(fused(), { label: "fused on poisoned simd, tiles by a library", activate: () => library.activate() });

interface Shape {
  readonly B: number;
  readonly H: number;
  readonly G: number;
  readonly Q: number;
  readonly K: number;
  readonly D: number;
}

/** Masks of any number of queries and keys. */
const masks: Readonly<Record<string, (shape: Shape) => Mask>> = {
  full: () => full(),
  causal: ({ Q, K }) => causal({ offset: K - Q }),
  prefix: ({ B, K }) =>
    or(prefix({ lengths: Array.from({ length: B }, (_, b) => Math.floor((K * (b + 1)) / 3) % K) }), causal()),
  window: () => and(window({ left: 19, right: 0 }), causal()),
  padding: ({ B, K }) =>
    and(causal({ offset: 3 }), padding({ lengths: Array.from({ length: B }, (_, b) => (K * b) >> 1) })),
  "packed documents": ({ B, Q, K }) => {
    const ids = (length: number) =>
      Array.from({ length: B }, (_, b) =>
        Array.from({ length }, (_, at) => Math.floor((at * Math.min(b + 4, Q, K)) / length)),
      );
    return packed(or(prefix({ lengths: 2 }), causal()), ids(Q), ids(K));
  },
  "left-padded": ({ Q, K }) => {
    const positions = (length: number) => Array.from({ length }, (_, at) => (at < 5 ? -1 : at - 5));
    return positioned(causal(), { queries: positions(Q), keys: positions(K) });
  },
  "not causal": () => not(causal()),
  "with gaps": () => custom("gaps", (_b, _h, q, k) => (q + k) % 3 === 0 && k < 2 * q),
  "with gaps, by row and head": ({ B, H }) =>
    custom("gaps-by-row-and-head", (b, h, q, k) => (3 * b + h + q * k) % 5 < 2, { rows: B, heads: H }),
};

const biases: Readonly<Record<string, (shape: Shape, tensor: Tensor | undefined) => AttentionBias | undefined>> = {
  none: () => undefined,
  dense: (_, values) => ({ kind: "dense", values: values as Tensor4D }),
  relative: (shape, table) => ({
    kind: "relative",
    table: table as Tensor2D,
    bidirectional: true,
    maxDistance: 50,
    ...positionsOf(shape),
  }),
  alibi: (shape) => ({ kind: "alibi", slopes: alibiSlopes(shape.H), ...positionsOf(shape) }),
};

/** Positions that restart now and then, other ones in each row. */
const positionsOf = ({ B, Q, K }: Shape) => {
  const rows = (length: number, by: number) =>
    Array.from({ length: B }, (_, b) => Array.from({ length }, (_, at) => at % (by + 7 * b)));
  return { queryPositions: rows(Q, 41), keyPositions: rows(K, 29) };
};

const biasShapes: Readonly<Record<string, (shape: Shape) => number[] | undefined>> = {
  none: () => undefined,
  dense: ({ H, Q, K }) => [1, H, Q, K],
  relative: ({ H }) => [16, H],
  alibi: () => undefined,
};

interface Case {
  readonly shape: Shape;
  readonly mask: string;
  readonly bias: string;
  readonly scale: number;
  readonly rate: number;
  readonly seed: number;
  /** The number that every logit is about, as the first number of each query and key makes it. Default: 0. */
  readonly far?: number | undefined;
}

const lengths = fc.constantFrom(1, 2, 6, 16, 63, 64, 65, 96, 97, 130, 260);
const cases: fc.Arbitrary<Case> = fc.record({
  shape: fc.record({
    B: fc.constantFrom(1, 2),
    H: fc.constantFrom(2, 4),
    G: fc.constantFrom(1, 2),
    Q: lengths,
    K: lengths,
    D: fc.constantFrom(3, 8, 20),
  }),
  mask: fc.constantFrom(...Object.keys(masks)),
  bias: fc.constantFrom(...Object.keys(biases)),
  scale: fc.constantFrom(0.3, 1, -0.2),
  rate: fc.constantFrom(0, 0, 0.3),
  seed: fc.nat(),
});

/** The numbers of a case: query, key, value, the bias's tensor if it has one; and the weights of the loss. */
function numbersOf({ shape, bias, seed, scale, far }: Case) {
  const { B, H, G, Q, K, D } = shape;
  const random = createRandom(seed);
  const normal = (dimensions: number[], name: string) => {
    const stream = random.split(name);
    const size = dimensions.reduce((product, length) => product * length, 1);
    return { dimensions, values: Float32Array.from({ length: size }, () => stream.normal()) };
  };
  const biasShape = biasShapes[bias]!(shape);
  const inputs = [normal([B, H, Q, D], "q"), normal([B, G, K, D], "k"), normal([B, G, K, D], "v")];
  if (far !== undefined) {
    [1, far / scale].forEach((first, index) => {
      const { values } = inputs[index]!;
      for (let at = 0; at < values.length; at += D) values[at] = first;
    });
  }
  if (biasShape) inputs.push(normal(biasShape, "bias"));
  return { inputs, weights: normal([B, H, Q, D], "weights") };
}

/** The output and every gradient of a weighted sum of it, as plain numbers. */
function run(kernel: AttentionKernel, one: Case): Float32Array[] {
  const { shape, mask, bias, scale, rate, seed } = one;
  const numbers = numbersOf(one);
  const lowered = masks[mask]!(shape);
  const results = tf.tidy(() => {
    const inputs = numbers.inputs.map(({ values, dimensions }) => tf.tensor(values, dimensions));
    const weights = tf.tensor(numbers.weights.values, numbers.weights.dimensions);
    const attend = (query: Tensor, key: Tensor, value: Tensor, table?: Tensor): Tensor =>
      kernel.attend({
        query: query as Tensor4D,
        key: key as Tensor4D,
        value: value as Tensor4D,
        mask: lowered,
        scale,
        ...(bias !== "none" && { bias: biases[bias]!(shape, table)! }),
        ...(rate > 0 && { dropout: { rate, seed } }),
      });
    const output = attend(...(inputs as [Tensor, Tensor, Tensor, Tensor?]));
    const loss = (...tensors: Tensor[]) =>
      tf.sum(tf.mul(attend(...(tensors as [Tensor, Tensor, Tensor, Tensor?])), weights)) as tf.Scalar;
    return [output, ...tf.grads(loss)(inputs)];
  });
  const plain = results.map((tensor) => tensor.dataSync().slice() as Float32Array);
  tf.dispose(results);
  return plain;
}

/** What `run` should give, in float64. */
function exact(one: Case): Float64Array[] {
  const { shape, mask, bias, scale, rate, seed } = one;
  const { inputs, weights } = numbersOf(one);
  const [query, key, value, table] = inputs.map(({ values }) => values);
  const biasAt = placeOfBias(one);
  const slopes = alibiSlopes(shape.H);
  const { queryPositions, keyPositions } = positionsOf(shape);
  const alibi = (b: number, h: number, q: number, k: number) =>
    -slopes[h]! * Math.abs(keyPositions[b]![k]! - queryPositions[b]![q]!);
  const request = {
    shape,
    query: query!,
    key: key!,
    value: value!,
    visible: masks[mask]!(shape).visible,
    scale,
    bias: (b: number, h: number, q: number, k: number) =>
      bias === "alibi" ? alibi(b, h, q, k) : table ? table[biasAt(b, h, q, k)]! : 0,
    ...(rate > 0 && { dropout: { rate, seed } }),
  };
  const dTable = table && new Float64Array(table.length);
  const gradients = attentionGradientsInFloat64(request, weights.values, ({ b, h, q, k }, gradient) => {
    if (dTable) dTable[biasAt(b, h, q, k)]! += gradient;
  });
  const ofInputs = [gradients.query, gradients.key, gradients.value];
  return [attentionInFloat64(request), ...ofInputs, ...(dTable ? [dTable] : [])];
}

/** Where in the bias's tensor a pair's value stands. */
function placeOfBias({ shape, bias }: Case): (b: number, h: number, q: number, k: number) => number {
  const { H, Q, K } = shape;
  if (bias !== "relative") return (_, h, q, k) => (h * Q + q) * K + k;
  const bucketOf = relativeBucket({ buckets: 16, maxDistance: 50, bidirectional: true });
  const { queryPositions, keyPositions } = positionsOf(shape);
  return (b, h, q, k) => bucketOf(keyPositions[b]![k]! - queryPositions[b]![q]!) * H + h;
}

/**
 * Of two keys the queries see one or none, so that the gradient of the keys is 0: 260 differences of numbers of about 5,
 * which leave 2.2e-5 in float32.
 */
const manyTerms = [0.3, 1, -0.2].map((scale): [Case] => [
  {
    shape: { B: 2, H: 2, G: 1, Q: 130, K: 2, D: 20 },
    mask: "padding",
    bias: "none",
    scale,
    rate: 0.3,
    seed: 0,
  },
]);

/** More keys than are multiplied at once: maxima and sums are carried on from one group of visits to the next. */
const manyKeys = ["full", "causal", "prefix", "with gaps"].map((mask, seed): [Case] => [
  {
    shape: { B: 1, H: 2, G: 1, Q: 100, K: 901, D: 8 },
    mask,
    bias: seed % 2 === 0 ? "relative" : "none",
    scale: 0.3,
    rate: seed === 2 ? 0.3 : 0,
    seed,
  },
]);

/** Exponentials of logits far from 0 would be 0 or infinite, or their sums would. */
const farLogits = [39, 50, -39, -50].map((far, seed): [Case] => [
  { shape: { B: 1, H: 2, G: 1, Q: 70, K: 500, D: 8 }, mask: "causal", bias: "none", scale: 0.3, rate: 0, seed, far },
]);

test.each([poisoned, library])(
  "outputs and gradients are those of float64, over several blocks, for every mask and bias: $name",
  async (backend) => {
    await backend.activate();
    fc.assert(
      fc.property(cases, (one) => {
        const expected = exact(one);
        run(fused(), one).forEach((values, index) => {
          const wanted = expected[index]!;
          // The suite's own, but against float64: gradients are sums of as many terms as there are queries.
          const bound = index === 0 ? 1e-5 : 5e-5;
          const magnitude = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          values.forEach((value, at) => {
            const error = Math.abs(value - wanted[at]!) / magnitude;
            if (!(error < bound)) expect.fail(`result ${index}, element ${at}: got ${value}, expected ${wanted[at]}`);
          });
        });
      }),
      { numRuns: 120, examples: [...manyTerms, ...manyKeys, ...farLogits] },
    );
  },
);

test.each([
  ["in WebAssembly", [poisoned, ...threaded]],
  ["by a library", [libraryAlone, library]],
])("the bits are those of one thread, with 2 and 4, however the work is cut: tiles %s", async (_, backends) => {
  const examples = [...fc.sample(cases, { numRuns: 25, seed: 3 }), ...manyKeys.flat()];
  const all: Float32Array[][][] = [];
  for (const backend of backends) {
    await backend.activate();
    all.push(examples.map((one) => run(fused(), one)));
  }
  const [expected, ...others] = all;
  for (const other of others) expect(other).toEqual(expected);
});

const ones = (...shape: [number, number, number, number]) => tf.ones<tf.Rank.R4>(shape);
const nans = (...shape: [number, number, number, number]) => tf.fill(shape, Number.NaN) as Tensor4D;

test("pitfall 4: what no query of a block sees is not touched: NaN there does no harm, forward or backward", async () => {
  await poisoned.activate();
  const [length, real] = [150, 101];
  tf.tidy(() => {
    const query = tf.randomNormal<tf.Rank.R4>([1, 2, length, 8], 0, 1, "float32", 5);
    const poison = (): Tensor4D => tf.concat([ones(1, 2, real, 8), nans(1, 2, length - real, 8)], 2);
    const mask = padding({ lengths: [real] });
    const loss = (query: Tensor, key: Tensor, value: Tensor) =>
      tf.sum(
        fused().attend({ query: query as Tensor4D, key: key as Tensor4D, value: value as Tensor4D, mask }),
      ) as tf.Scalar;
    const { value, grads } = tf.valueAndGrads(loss)([query, poison(), poison()]);
    expect(value.dataSync()[0]).toBeCloseTo(2 * length * 8, 1);
    for (const gradient of grads) expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  });
});

test("rows that parted are read from lists of keys, which have no backward pass and say so", async () => {
  await poisoned.activate();
  const storage = new KeyValuePages(1);
  const start = storage.extend(storage.emptyRows(1), [3]);
  const both = storage.extend(storage.share(start.rows, [0, 0]), [1, 1]);
  tf.tidy(() => storage.write(0, { key: tf.ones([2, 4]), value: tf.ones([2, 4]) }, both.runs));
  const queries = { rows: Int32Array.of(0, 1), positions: Int32Array.of(3, 3) };
  const reading = new PageReading({ storage, rows: both.rows, queries, mask: causal() });
  expect(reading.plan.listsKeys).toBe(true);
  const attend = (query: Tensor) =>
    tf.sum(attendPages(fused(), { query: query as Tensor3D, ...storage.read(0), heads: 1, reading }));
  expect(() => tf.tidy(() => tf.grad(attend)(tf.ones([1, 2, 4])))).toThrow("lists keys");
  storage.dispose();
});

test("memory grows with the length, not with its square", async () => {
  await poisoned.activate();
  const { liveBytes, peakBytes } = poisoned.use();
  const length = 4096;
  tf.tidy(() => {
    const [query, key, value] = [1, 2, 3].map((seed) =>
      tf.randomNormal<tf.Rank.R4>([1, 1, length, 8], 0, 1, "float32", seed),
    ) as [Tensor4D, Tensor4D, Tensor4D];
    const loss = (q: Tensor, k: Tensor, v: Tensor) =>
      tf.sum(
        fused().attend({ query: q as Tensor4D, key: k as Tensor4D, value: v as Tensor4D, mask: causal() }),
      ) as tf.Scalar;
    tf.grads(loss)([query, key, value]);
  });
  const used = Math.max(poisoned.use().peakBytes, peakBytes) - liveBytes;
  // Q×K alone would be 64 MiB.
  expect(used).toBeLessThan(16 * 2 ** 20);
});

test("a mask that is the same for every batch is lowered once, though each step makes it anew", async () => {
  await poisoned.activate();
  let asked = 0;
  const counting = (): Mask => {
    const inner = causal();
    const classify: Mask["classify"] = (...where) => {
      asked++;
      return inner.classify(...where);
    };
    return { ...inner, classify };
  };
  const attend = () =>
    tf.tidy(() => {
      const [query, key, value] = [ones(1, 1, 77, 8), ones(1, 1, 77, 8), ones(1, 1, 77, 8)];
      fused().attend({ query, key, value, mask: counting() });
    });
  attend();
  const first = asked;
  attend();
  expect(first).toBeGreaterThan(0);
  expect(asked).toBe(first);
});

test("one fused kernel does it all, forward and backward", async () => {
  await poisoned.activate();
  const mask = or(prefix({ lengths: 40 }), causal());
  expect(visiblePairs(mask, { queries: 100, keys: 100 })).toBeLessThan(100 * 100);
  const profile = await tf.profile(() =>
    tf.tidy(() => {
      const attend = (x: Tensor) => {
        const query = x as Tensor4D;
        return tf.sum(fused().attend({ query, key: query, value: query, mask }));
      };
      return tf.grad(attend)(ones(2, 2, 100, 8));
    }),
  );
  tf.dispose(profile.result as Tensor);
  expect(profile.kernelNames).toEqual(expect.arrayContaining(["TriviumAttention", "TriviumAttentionGradient"]));
  expect(profile.kernelNames).not.toContain("BatchMatMul");
});
