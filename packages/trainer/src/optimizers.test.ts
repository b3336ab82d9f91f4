import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { createRegistry } from "@trivium/registry";
import { disposeTree, flattenTree, type ParameterTree, tf, unflattenTree } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { Optimizer, Trained } from "./optimizer.ts";
import { trainerPlugins } from "./plugins.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Values = Readonly<Record<string, readonly number[]>>;

/** Made by `scripts/reference/make_optimizers.py`. */
interface ReferenceRun {
  readonly optimizer: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly steps: Readonly<Record<string, { readonly parameters: Values; readonly averaged?: Values }>>;
}

const fixtures = new URL("../fixtures/optimizers.json", import.meta.url);
const references = JSON.parse(readFileSync(fixtures, "utf8")) as readonly ReferenceRun[];
const registry = createRegistry(trainerPlugins);

const shapes = Object.entries({ matrix: [4, 3], stack: [2, 2, 3], bias: [3], scale: [] as number[] });

const treeOf = (value: (at: number, index: number) => number): ParameterTree =>
  unflattenTree(
    Object.fromEntries(
      shapes.map(([name, shape], index) => {
        const size = shape.reduce((product, side) => product * side, 1);
        return [name, tf.tensor(Array.from({ length: size }, (_, at) => value(at, index)), shape)]; // biome-ignore format: one tensor
      }),
    ),
  );

const start = () => treeOf((at, index) => 0.3 * Math.cos(1.7 * at + index));
const gradients = (step: number) =>
  treeOf((at, index) => Math.sin(0.37 * step * (1 + 0.1 * at) + at + 2 * index) + 0.2);
const rate = (step: number) => 0.005 * Math.min(1, step / 10) * (1 - step / 200);

/** Takes steps from `from` on, with the gradients times `scale` and a factor that undoes it. */
function advance(optimizer: Optimizer, trained: Trained, { from = 0, to = 0, scale = 1 }): Trained {
  let now = trained;
  for (let step = from + 1; step <= to; step++) {
    const slopes = gradients(step);
    const scaled = unflattenTree(
      Object.fromEntries(Object.entries(flattenTree(slopes)).map(([path, leaf]) => [path, tf.mul(leaf, scale)])),
    );
    disposeTree(slopes);
    now = optimizer.apply(now, scaled, { learningRate: rate(step), step, gradientScale: 1 / scale });
  }
  return now;
}

const begin = (optimizer: Optimizer): Trained => {
  const parameters = start();
  return { parameters, state: optimizer.createState(parameters) };
};

const valuesOf = (tree: ParameterTree): Record<string, number[]> =>
  Object.fromEntries(Object.entries(flattenTree(tree)).map(([path, leaf]) => [path, [...leaf.dataSync()]]));

function distance(tree: ParameterTree, expected: Values): number {
  const values = valuesOf(tree);
  expect(Object.keys(values)).toEqual(Object.keys(expected));
  const differences = Object.entries(expected).flatMap(([path, wanted]) =>
    wanted.map((value, at) => Math.abs(values[path]![at]! - value)),
  );
  return Math.max(...differences);
}

function disposeTrained({ parameters, state }: Trained): void {
  disposeTree(parameters);
  disposeTree(state);
}

test.each(references)("$optimizer with $options equals its reference for 100 steps to 1e-6", (reference) => {
  const optimizer = registry.create("optimizer", reference.optimizer as "sgd", reference.options);
  let [now, from] = [begin(optimizer), 0];
  for (const [name, { parameters, averaged }] of Object.entries(reference.steps)) {
    now = advance(optimizer, now, { from, to: Number(name), scale: 4 });
    from = Number(name);
    expect(distance(now.parameters, parameters)).toBeLessThan(1e-6);
    if (averaged) {
      const average = optimizer.averaged?.(now) as ParameterTree;
      expect(distance(average, averaged)).toBeLessThan(1e-6);
      disposeTree(average);
    }
  }
  expect(from).toBe(100);
  disposeTrained(now);
});

test.each(registry.names("optimizer"))("an update of %s consumes its trees and allocates nothing else", (name) => {
  const optimizer = registry.create("optimizer", name, {});
  const before = begin(optimizer);
  const { numTensors } = tf.memory();
  const after = advance(optimizer, before, { from: 0, to: 3 });
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(flattenTree(before.parameters).matrix?.isDisposed).toBe(true);
  expect(flattenTree(after.parameters).matrix?.isDisposed).toBe(false);
  disposeTrained(after);
});

test.each(registry.names("optimizer"))("groups of %s have decay and rate of their own; a pattern must fit", (name) => {
  const still = { match: "scale", rate: 0 };
  const options = { weightDecay: 0.5, groups: [still, { match: ["bi*"], weightDecay: 0.5 }] };
  const [plain, grouped] = [{ weightDecay: 0.5 }, options].map((given) => {
    const optimizer = registry.create("optimizer", name, given);
    const trained = advance(optimizer, begin(optimizer), { to: 3 });
    const values = valuesOf(trained.parameters);
    disposeTrained(trained);
    return values;
  });
  const beginning = start();
  expect(grouped!.scale).toEqual(valuesOf(beginning).scale);
  expect(plain!.scale).not.toEqual(grouped!.scale);
  expect(plain!.bias).not.toEqual(grouped!.bias);
  expect(grouped!.matrix).toEqual(plain!.matrix);
  disposeTree(beginning);
  const astray = registry.create("optimizer", name, { groups: [{ match: "**.gain", rate: 2 }] });
  expect(() => begin(astray)).toThrow(/"\*\*\.gain" fits no parameter/);
});

test.each([
  ["adafactor", { power: 0 }, /power/],
  ["lion", { beta2: 1 }, /beta2/],
  ["sgd", { momentum: -1 }, /momentum/],
  ["schedule-free-adam-w", { beta1: 0 }, /beta1/],
  ["sgd", { groups: [{ match: "a,b" }] }, /a pattern of parameters/],
  ["lion", { groups: [{ match: "a", decay: 1 }] }, /groups\.0/],
] as const)("%s refuses %j by name", (name, options, message) => {
  expect(() => registry.create("optimizer", name, options as object)).toThrow(message);
});

test("the state has as many numbers as each optimiser says", () => {
  for (const name of registry.names("optimizer")) {
    const optimizer = registry.create("optimizer", name, {});
    const { parameters, state } = begin(optimizer);
    const flat = flattenTree(parameters);
    const of = Object.fromEntries(Object.entries(flat).map(([path, { shape }]) => [path, shape]));
    const sizes = (tree: ParameterTree) => Object.values(flattenTree(tree)).reduce((sum, { size }) => sum + size, 0);
    expect(sizes(state), name).toBe(optimizer.floats?.(of).state ?? 2 * sizes(parameters));
    disposeTrained({ parameters, state });
  }
});
