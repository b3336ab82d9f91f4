import { fused } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import { causalLm } from "@trivium/objectives";
import {
  disposeTree,
  flattenTree,
  mapTree,
  type ParameterTree,
  type Tensor,
  tf,
  valueAndGradients,
} from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { createModel, disposeMerged, languageTask, loraSpecs, loraTask, mergeLora, resolveLora } from "./index.ts";
import { causal } from "./testing.ts";

beforeAll(async () => void (await simd.activate()));

const ids = [1, 5, 2, 6, 3];
const batch = toBatch([{ streams: { tokens: ids }, prefixLength: 0, targets: ids, lossWeights: ids.map(() => 1) }]);
const config = { vocabulary: 7, length: 8, width: 8, heads: 2, layers: 2 };
const model = createModel({ architecture: causal, config, attention: fused() });
const task = languageTask({ model, objective: causalLm() });
const lora = resolveLora({ rank: 2, alpha: 6 }, model.specs);

const valuesOf = (tree: ParameterTree) =>
  Object.fromEntries(Object.entries(flattenTree(tree)).map(([path, leaf]) => [path, [...leaf.dataSync()]]));

const lossOf = (own: Pick<typeof task, "loss">, parameters: ParameterTree): number =>
  tf.tidy(() => own.loss(parameters, batch).sum.dataSync()[0] as number);

/** A model, and adapters of which B is not zero any more. */
function adapted() {
  const base = task.createParameters(createRandom(1));
  const own = loraTask(task, base, lora);
  const fresh = own.createParameters(createRandom(2));
  const adapters = mapTree(fresh, (leaf, path) =>
    path.endsWith(".b") ? tf.randomNormal(leaf.shape, 0, 0.3, "float32", 5) : leaf.clone(),
  );
  return { base, own, fresh, adapters, dispose: () => [base, fresh, adapters].forEach(disposeTree) };
}

test("adapters stand at the maps to queries and values, and begin as nothing", () => {
  expect(lora.targets).toEqual(
    [0, 1].flatMap((at) => ["query", "value"].map((map) => `tokens.layers.${at}.self.${map}.weight`)),
  );
  const { base, own, fresh, dispose } = adapted();
  expect(Object.keys(flattenTree(fresh))).toEqual(lora.targets.flatMap((path) => [`${path}.a`, `${path}.b`]));
  expect(fresh).toMatchObject({
    tokens: { layers: { 0: { self: { query: { weight: { a: { shape: [8, 2] }, b: { shape: [2, 8] } } } } } } },
  });
  expect(own.specs).toEqual(loraSpecs(model.specs, lora));
  expect(lossOf(own, fresh)).toBe(lossOf(task, base));
  expect(own.describe()).toMatchObject({ architecture: "causal", lora: { rank: 2, alpha: 6 } });
  dispose();
});

test("what is merged is what was trained, bit for bit, and the base is the way back", () => {
  const { base, own, adapters, dispose } = adapted();
  const before = valuesOf(base);
  const tensors = tf.memory().numTensors;
  const merged = mergeLora(base, adapters, lora);
  expect(lossOf(task, merged)).toBe(lossOf(own, adapters));
  expect(lossOf(task, merged)).not.toBe(lossOf(task, base));
  const [changed, kept] = [valuesOf(merged), valuesOf(base)];
  expect(kept).toEqual(before);
  const moved = Object.keys(before).filter((path) => String(changed[path]) !== String(before[path]));
  expect(moved.sort()).toEqual([...lora.targets].sort());
  // W + 3 · A·B, in float64.
  const [path] = lora.targets as [string];
  const [a, b] = ["a", "b"].map((part) => [...(flattenTree(adapters)[`${path}.${part}`] as Tensor).dataSync()]) as [
    number[],
    number[],
  ];
  const wanted = (before[path] as number[]).map((weight, at) => {
    const [row, column] = [Math.floor(at / 8), at % 8];
    return (
      weight +
      3 * ((a[2 * row] as number) * (b[column] as number) + (a[2 * row + 1] as number) * (b[8 + column] as number))
    );
  });
  for (const [at, value] of wanted.entries()) expect(changed[path]?.[at]).toBeCloseTo(value, 6);
  disposeMerged(merged, lora);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(valuesOf(base)).toEqual(before);
  dispose();
});

test("gradients of adapters are those of the merged matrix, times the other factor", () => {
  const { base, own, adapters, dispose } = adapted();
  const merged = mergeLora(base, adapters, lora);
  const low = valueAndGradients(() => own.loss(adapters, batch).sum, adapters);
  const whole = valueAndGradients(() => task.loss(merged, batch).sum, merged);
  expect(low.unreached).toEqual([]);
  for (const path of lora.targets) {
    const of = (tree: ParameterTree, name: string) => flattenTree(tree)[name] as Tensor;
    const gradient = of(whole.gradients, path);
    const wanted = {
      a: tf.mul(tf.matMul(gradient, of(adapters, `${path}.b`), false, true), 3),
      b: tf.mul(tf.matMul(of(adapters, `${path}.a`), gradient, true), 3),
    };
    for (const part of ["a", "b"] as const) {
      const difference = tf.max(tf.abs(tf.sub(wanted[part], of(low.gradients, `${path}.${part}`)))).dataSync()[0];
      expect(difference, `${path}.${part}`).toBeLessThan(1e-5);
    }
  }
  for (const { value, gradients } of [low, whole]) {
    value.dispose();
    disposeTree(gradients);
  }
  disposeMerged(merged, lora);
  dispose();
});

test("targets without a matrix are refused", () => {
  expect(() => resolveLora({ rank: 2, targets: ["**.norm"] }, model.specs)).toThrow(
    /the targets \*\*\.norm select none/,
  );
  expect(() => resolveLora({ rank: 2, targets: ["**.querry"] }, model.specs)).toThrow(/near it are query/);
});

test("dropout hides a share of each token's inputs from adapters in a step, by its seed, and from no evaluation", () => {
  const { base, own, adapters, dispose } = adapted();
  const all = resolveLora({ rank: 2, alpha: 6, targets: ["**.self", "**.feedForward"] }, model.specs);
  const fresh = loraTask(task, base, all).createParameters(createRandom(2));
  const wide = mapTree(fresh, (leaf) => tf.randomNormal(leaf.shape, 0, 0.3, "float32", 5));
  for (const [one, given] of [
    [lora, adapters],
    [all, wide],
  ] as const) {
    const dropped = loraTask(task, base, { ...one, dropout: 0.5 });
    const lossAt = (seed?: string, recompute = false): number =>
      tf.tidy(() => dropped.loss(given, batch, { seed, recompute }).sum.dataSync()[0] as number);
    const plain = lossOf(loraTask(task, base, one), given);
    const seen = ["a", "b", "c"].map((seed) => lossAt(seed));
    expect(lossAt()).toBe(plain);
    expect(new Set([plain, ...seen]).size).toBe(4);
    expect(lossAt("a")).toBe(seen[0]);
    const [now, again] = [false, true].map((recompute) =>
      valueAndGradients(() => dropped.loss(given, batch, { seed: "a", recompute }).sum, given),
    );
    expect(valuesOf(again!.gradients)).toEqual(valuesOf(now!.gradients));
    expect(now!.unreached).toEqual([]);
    // What is dropped for one token reaches the adapter from another one.
    for (const path of one.targets) {
      const rows = flattenTree(now!.gradients)[`${path}.a`]?.arraySync() as number[][]; // [I, r]
      expect(rows.filter((row) => row.every((value) => value === 0)).length).toBeLessThan(rows.length / 2);
    }
    for (const { value, gradients } of [now!, again!]) {
      value.dispose();
      disposeTree(gradients);
    }
  }
  expect(lossOf(own, adapters)).toBe(lossOf(loraTask(task, base, lora), adapters));
  for (const tree of [fresh, wide]) disposeTree(tree);
  dispose();
});
