import type { DataType } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { anyShape, booleans, floats, integers, positiveSize, seed, shapeOf } from "./arbitraries.ts";
import type { Given } from "./kernel-call.ts";
import type { KernelCase } from "./kernel-case.ts";

const dtype = fc.constantFrom("float32", "int32", "bool");

function draw(type: "float32" | "int32" | "bool", shape: number[], from: number): Given {
  if (type === "float32") return floats(shape, from);
  return type === "int32" ? integers(shape, from, 1000) : booleans(shape, from);
}

const tensor = (shapes: fc.Arbitrary<number[]>): fc.Arbitrary<Given> =>
  fc.record({ shape: shapes, dtype, seed }).map(({ shape, dtype: type, seed: from }) => draw(type, shape, from));

const ranked = anyShape(positiveSize).filter((shape) => shape.length > 0);

const transposeOf = (shapes: fc.Arbitrary<number[]>): KernelCase => ({
  calls: tensor(shapes).chain((x) =>
    fc
      .shuffledSubarray(
        x.shape.map((_, axis) => axis),
        { minLength: x.shape.length },
      )
      .map((perm) => ({
        kernelName: "Transpose",
        inputs: { x },
        attributes: { perm },
        accelerated: true,
      })),
  ),
});

const slice: KernelCase = {
  calls: tensor(ranked).chain((x) =>
    fc.tuple(...x.shape.map((whole) => fc.tuple(fc.nat({ max: whole - 1 }), fc.nat({ max: whole })))).map((cuts) => ({
      kernelName: "Slice",
      inputs: { x },
      attributes: {
        begin: cuts.map(([begin]) => begin),
        size: cuts.map(([begin, length], axis) => Math.min(length, x.shape[axis]! - begin)),
      },
      accelerated: true,
    })),
  ),
};

const tile: KernelCase = {
  calls: tensor(ranked.map((shape) => shape.slice(0, 3))).chain((x) =>
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: x.shape.length, maxLength: x.shape.length }).map((reps) => ({
      kernelName: "Tile",
      inputs: { x },
      attributes: { reps },
    })),
  ),
};

const pad: KernelCase = {
  calls: tensor(ranked).chain((x) =>
    fc
      .array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { minLength: x.shape.length, maxLength: x.shape.length })
      .map((paddings) => ({
        kernelName: "PadV2",
        inputs: { x },
        // tfjs's types know no lists of lists here.
        attributes: { paddings: paddings as unknown as number[], constantValue: 1 },
        accelerated: true,
      })),
  ),
};

const list = (count: number, one: (index: number) => Given): Given[] =>
  Array.from({ length: count }, (_, index) => one(index));

const concat: KernelCase = {
  calls: fc
    .record({
      shape: ranked,
      axis: fc.nat({ max: 3 }),
      sizes: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 4 }),
      dtype,
      seed,
    })
    .map(({ shape, axis: wanted, sizes, dtype: type, seed: from }) => {
      const axis = wanted % shape.length;
      const own = (index: number) => shape.map((whole, at) => (at === axis ? sizes[index]! : whole));
      return {
        kernelName: "Concat",
        inputs: list(sizes.length, (index) => draw(type, own(index), from + index)),
        attributes: { axis },
        accelerated: sizes.some((own) => own > 0),
      };
    }),
};

const pack: KernelCase = {
  calls: fc
    .record({
      shape: anyShape(positiveSize).map((shape) => shape.slice(0, 3)),
      axis: fc.nat({ max: 3 }),
      count: fc.integer({ min: 1, max: 4 }),
      dtype,
      seed,
    })
    .map(({ shape, axis, count, dtype: type, seed: from }) => ({
      kernelName: "Pack",
      inputs: list(count, (index) => draw(type, shape, from + index)),
      attributes: { axis: axis % (shape.length + 1) },
      accelerated: true,
    })),
};

const unpack: KernelCase = {
  calls: fc.record({ value: tensor(ranked), axis: fc.nat({ max: 3 }) }).map(({ value, axis }) => ({
    kernelName: "Unpack",
    inputs: { value },
    attributes: { axis: axis % value.shape.length },
    accelerated: true,
  })),
};

const split: KernelCase = {
  calls: fc
    .record({ shape: ranked, axis: fc.nat({ max: 3 }), parts: fc.integer({ min: 1, max: 3 }), dtype, seed })
    .map(({ shape, axis: wanted, parts, dtype: type, seed: from }) => {
      const axis = wanted % shape.length;
      const whole = shape.map((size, at) => (at === axis ? size * parts : size));
      return {
        kernelName: "SplitV",
        inputs: { x: draw(type, whole, from) },
        attributes: { numOrSizeSplits: parts, axis },
        accelerated: true,
      };
    }),
};

const fill: KernelCase = {
  calls: fc
    .record({ shape: anyShape(), dtype, value: fc.integer({ min: 0, max: 1 }) })
    .map(({ shape, dtype: type, value }) => ({
      kernelName: "Fill",
      inputs: {},
      attributes: { shape, value, dtype: type as DataType },
      accelerated: true,
    })),
};

const like = (kernelName: string): KernelCase => ({
  calls: tensor(anyShape()).map((x) => ({ kernelName, inputs: { x }, accelerated: true })),
});

/** Kernels that move elements and compute nothing. */
export const movementCases: Readonly<Record<string, KernelCase>> = {
  Transpose: transposeOf(anyShape()),
  "Transpose of more axes than the kernel takes": transposeOf(shapeOf(6, fc.integer({ min: 1, max: 3 }))),
  Slice: slice,
  Tile: tile,
  PadV2: pad,
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  SplitV: split,
  Fill: fill,
  ZerosLike: like("ZerosLike"),
  OnesLike: like("OnesLike"),
  "Transpose of a vector": transposeOf(shapeOf(1)),
};
