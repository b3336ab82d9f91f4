import type { TensorInfo } from "@tensorflow/tfjs-core";
import { unaryCodes } from "../wasm/codes.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

/** `y = f(x)`, float32. */
function unary(kernelName: string, code: number): AcceleratedKernel {
  return {
    kernelName,
    run(backend, inputs) {
      const x = inputs.x as TensorInfo;
      const data = backend.floats(x);
      if (data === undefined) return undefined;
      const y = backend.allocate(x.shape, "float32");
      backend.run("unary", data.length, code, data.address, y.address);
      return y;
    },
  };
}

const step = unary("Step", unaryCodes.step);

const stepWithoutSlope: AcceleratedKernel = {
  kernelName: "Step",
  run: (backend, inputs, attributes) =>
    attributes.alpha === 0 || attributes.alpha === undefined ? step.run(backend, inputs, attributes) : undefined,
};

const clipByValue: AcceleratedKernel = {
  kernelName: "ClipByValue",
  run(backend, inputs, { clipValueMin, clipValueMax }) {
    const x = inputs.x as TensorInfo;
    const data = backend.floats(x);
    if (data === undefined) return undefined;
    const y = backend.allocate(x.shape, "float32");
    backend.run("clip", data.length, data.address, y.address, clipValueMin as number, clipValueMax as number);
    return y;
  },
};

const logicalNot: AcceleratedKernel = {
  kernelName: "LogicalNot",
  run(backend, inputs) {
    const x = inputs.x as TensorInfo;
    const data = backend.numbers(x, "bool");
    if (data === undefined) return undefined;
    const y = backend.allocate(x.shape, "bool");
    backend.run("logicalNot", data.length, data.address, y.address);
    return y;
  },
};

export const unaryKernels: readonly AcceleratedKernel[] = [
  unary("Neg", unaryCodes.negate),
  unary("Abs", unaryCodes.abs),
  unary("Exp", unaryCodes.exp),
  unary("Log", unaryCodes.log),
  unary("Sqrt", unaryCodes.sqrt),
  unary("Rsqrt", unaryCodes.rsqrt),
  unary("Square", unaryCodes.square),
  unary("Reciprocal", unaryCodes.reciprocal),
  unary("Relu", unaryCodes.relu),
  unary("Relu6", unaryCodes.relu6),
  unary("Tanh", unaryCodes.tanh),
  unary("Sigmoid", unaryCodes.sigmoid),
  unary("Erf", unaryCodes.erf),
  unary("Floor", unaryCodes.floor),
  unary("Ceil", unaryCodes.ceil),
  unary("Round", unaryCodes.round),
  unary("Sign", unaryCodes.sign),
  stepWithoutSlope,
  clipByValue,
  logicalNot,
];
