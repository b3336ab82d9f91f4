import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

type Options = Record<
  "learningRate" | "beta1" | "beta2" | "epsilon" | "weightDecay" | "correction1" | "correction2" | "gradientScale",
  number
>;

export const adamW: AcceleratedKernel = {
  kernelName: "TriviumAdamW",
  run(backend, inputs, attributes) {
    const parameter = inputs.parameter as TensorInfo;
    const [p, g] = [backend.floats(parameter), backend.floats(inputs.gradient)];
    const [m, v] = [backend.floats(inputs.m), backend.floats(inputs.v)];
    if (!p || g?.length !== p.length || m?.length !== p.length || v?.length !== p.length) return undefined;
    const { shape } = parameter;
    const outputs = [
      backend.allocate(shape, "float32"),
      backend.allocate(shape, "float32"),
      backend.allocate(shape, "float32"),
    ];
    const { learningRate, beta1, beta2, epsilon, weightDecay, correction1, correction2, gradientScale } =
      attributes as unknown as Options;
    const places = [p.address, g.address, m.address, v.address] as const;
    const results = outputs.map(({ address }) => address) as [number, number, number];
    const rates = [learningRate, beta1, beta2, epsilon, 1 - learningRate * weightDecay] as const;
    backend.run("adamW", p.length, ...places, ...results, ...rates, correction1, correction2, gradientScale);
    return outputs;
  },
};
