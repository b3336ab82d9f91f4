import type { DataType } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { anyShape, booleans, broadcastPair, floats, integers, seed } from "./arbitraries.ts";
import type { Given } from "./kernel-call.ts";
import type { KernelCase } from "./kernel-case.ts";
import type { Tolerance } from "./kernel-pair.ts";

const rounded: Tolerance = { absolute: 1e-7, relative: 1e-6 };

type Draw = (shape: number[], from: number) => Given;
const special: Draw = (shape, from) => floats(shape, from, { specials: true });
const plain: Draw = (shape, from) => floats(shape, from);

const binary = (kernelName: string, draw: Draw, tolerance?: Tolerance): [string, KernelCase] => [
  kernelName,
  {
    calls: fc.record({ shapes: broadcastPair, seed }).map(({ shapes: { a, b }, seed: from }) => ({
      kernelName,
      inputs: { a: draw(a, from), b: draw(b, from + 1) },
      accelerated: true,
    })),
    tolerance,
  },
];

const unary = (kernelName: string, draw: Draw, tolerance?: Tolerance): [string, KernelCase] => [
  kernelName,
  {
    calls: fc.record({ shape: anyShape(), seed }).map(({ shape, seed: from }) => ({
      kernelName,
      inputs: { x: draw(shape, from) },
      attributes: kernelName === "Step" ? { alpha: 0 } : {},
      accelerated: true,
    })),
    tolerance,
  },
];

const draws: Readonly<Record<"float32" | "int32" | "bool", Draw>> = {
  float32: plain,
  int32: (shape, from) => integers(shape, from, 3),
  bool: booleans,
};
const numericType = fc.constantFrom("float32", "int32", "bool");

const cast: KernelCase = {
  calls: fc
    .record({ shape: anyShape(), seed, from: numericType, to: numericType })
    .map(({ shape, seed: start, from, to }) => ({
      kernelName: "Cast",
      inputs: { x: draws[from](shape, start) },
      attributes: { dtype: to as DataType },
      accelerated: true,
    })),
};

const clip: KernelCase = {
  calls: fc
    .record({ shape: anyShape(), seed, low: fc.integer({ min: -3, max: 0 }) })
    .map(({ shape, seed: from, low }) => ({
      kernelName: "ClipByValue",
      inputs: { x: plain(shape, from) },
      attributes: { clipValueMin: low, clipValueMax: low + 2 },
      accelerated: true,
    })),
};

const select: KernelCase = {
  calls: fc.record({ shape: anyShape(), seed, integer: fc.boolean() }).map(({ shape, seed: from, integer }) => {
    const draw: Draw = integer ? draws.int32 : special;
    return {
      kernelName: "Select",
      inputs: { condition: booleans(shape, from), t: draw(shape, from + 1), e: draw(shape, from + 2) },
      accelerated: true,
    };
  }),
};

const addN: KernelCase = {
  calls: fc
    .record({ shape: anyShape(), seed, count: fc.integer({ min: 2, max: 5 }) })
    .map(({ shape, seed: from, count }) => ({
      kernelName: "AddN",
      inputs: Array.from({ length: count }, (_, index) => plain(shape, from + index)),
      accelerated: true,
    })),
};

const arithmetic = ["Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum"];
const comparisons = ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"];
const exactFunctions = [
  "Neg",
  "Abs",
  "Sqrt",
  "Square",
  "Reciprocal",
  "Relu",
  "Relu6",
  "Floor",
  "Ceil",
  "Round",
  "Sign",
  "Step",
];
const roundedFunctions = ["Exp", "Log", "Rsqrt", "Tanh", "Sigmoid"];

/** Kernels that work element by element. */
export const elementwiseCases: Readonly<Record<string, KernelCase>> = Object.fromEntries([
  ...arithmetic.map((name) => binary(name, special)),
  // Two roundings where the original, in float64, has one.
  binary("SquaredDifference", special, rounded),
  ...comparisons.map((name) => binary(name, special)),
  ...["LogicalAnd", "LogicalOr"].map((name) => binary(name, booleans)),
  ...exactFunctions.map((name) => unary(name, special)),
  ...roundedFunctions.map((name) => unary(name, special, rounded)),
  // The original is a polynomial with an error of 1.5e-7.
  unary("Erf", special, { absolute: 4e-7, relative: 1e-6 }),
  unary("LogicalNot", booleans),
  ["Cast", cast],
  ["ClipByValue", clip],
  ["Select", select],
  ["AddN", addN],
]);
