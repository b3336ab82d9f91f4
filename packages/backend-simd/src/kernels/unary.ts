import type { DataType } from "@tensorflow/tfjs-core";
import { castCodes, unaryCodes } from "../wasm/codes.ts";
import { type AcceleratedKernel, accelerate } from "./accelerated-kernel.ts";

/** `y = f(x)`, float32. */
const unary = (kernelName: string, code: number): AcceleratedKernel =>
  accelerate(kernelName, { x: "float32" }, (backend, { x }, { alpha }) => {
    // A step with a slope below 0 is left to the original.
    if (alpha) return undefined;
    const y = backend.allocate(x.shape, "float32");
    backend.run("unary", x.data.length, code, x.data.address, y.address);
    return y;
  });

const clipByValue = accelerate("ClipByValue", { x: "float32" }, (backend, { x }, { clipValueMin, clipValueMax }) => {
  const y = backend.allocate(x.shape, "float32");
  backend.run("clip", x.data.length, x.data.address, y.address, clipValueMin as number, clipValueMax as number);
  return y;
});

const logicalNot = accelerate("LogicalNot", { x: "bool" }, (backend, { x }) => {
  const y = backend.allocate(x.shape, "bool");
  backend.run("logicalNot", x.data.length, x.data.address, y.address);
  return y;
});

const conversions: Readonly<Record<string, number | undefined>> = castCodes;

/** Unlike the cpu original, which renames int32 data to float32, this converts: kernels read bits, not numbers. */
const cast: AcceleratedKernel = {
  kernelName: "Cast",
  run(backend, inputs, attributes) {
    const x = inputs.x!;
    const dtype = attributes.dtype as DataType;
    const data = backend.data.get(x.dataId);
    if (data.dtype === dtype) return data.dtype === x.dtype ? backend.share(x, x.shape) : undefined;
    const code = conversions[`${data.dtype}-${dtype}`];
    if (code === undefined) return undefined;
    const y = backend.allocate(x.shape, dtype);
    backend.run("cast", data.length, code, data.address, y.address);
    return y;
  },
};

export const unaryKernels: readonly AcceleratedKernel[] = [
  ...Object.entries(unaryCodes).map(([name, code]) => unary(name, code)),
  clipByValue,
  logicalNot,
  cast,
];
