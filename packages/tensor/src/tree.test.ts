import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Tensor, tf } from "./tf.ts";
import {
  copyTree,
  countParameters,
  disposeTree,
  flattenTree,
  mapTree,
  type ParameterTree,
  unflattenTree,
} from "./tree.ts";

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const small = (): ParameterTree => ({ head: tf.tensor1d([1, 2]), blocks: { 0: { weight: tf.tensor2d([[3], [4]]) } } });

test("flattening names each leaf by its dotted path, in the order of writing", () => {
  expect(Object.keys(flattenTree(small()))).toEqual(["head", "blocks.0.weight"]);
});

test("unflatten undoes flatten for any tree of names without dots", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,4}$/);
  const { tree } = fc.letrec<{ tree: object; node: object }>((tie) => ({
    tree: fc.dictionary(name, tie("node") as fc.Arbitrary<object>, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    node: fc.oneof({ maxDepth: 3 }, fc.constant([0]), tie("tree") as fc.Arbitrary<object>),
  }));
  fc.assert(
    fc.property(tree as fc.Arbitrary<never>, (nested) => {
      expect(unflattenTree(flattenTree(nested, Array.isArray))).toEqual(nested);
    }),
  );
});

test("a name with a dot is refused, because its path could be another's", () => {
  expect(() => flattenTree({ "a.b": tf.scalar(1) })).toThrow('a parameter\'s name has no dot, got "a.b"');
});

test("mapTree keeps the shape and passes the path", () => {
  const paths = mapTree(small(), (leaf, path) => `${path}:${leaf.size}`);
  expect(paths).toEqual({ head: "head:2", blocks: { 0: { weight: "blocks.0.weight:2" } } });
});

test("a copy survives both the disposal of the original and a write into its data", () => {
  const data = Float32Array.of(1, 2, 3);
  const original = { w: tf.tensor1d(data) };
  const copy = copyTree(original);
  data.fill(9);
  disposeTree(original);
  expect(original.w.isDisposed).toBe(true);
  expect(Array.from((copy.w as Tensor).dataSync())).toEqual([1, 2, 3]);
  expect((copy.w as Tensor).dtype).toBe("float32");
});

test("counting adds up the elements, and an empty tree has none", () => {
  expect(countParameters(small())).toBe(4);
  expect(countParameters({})).toBe(0);
});
