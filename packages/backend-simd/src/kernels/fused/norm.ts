import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

const layerNorm: AcceleratedKernel = {
  kernelName: "TriviumLayerNorm",
  run(backend, inputs, { epsilon }) {
    const x = inputs.x as TensorInfo;
    const [data, gain, bias] = [backend.floats(x), backend.floats(inputs.gain), backend.floats(inputs.bias)];
    const [rows, columns] = x.shape as [number, number];
    if (!data || gain?.length !== columns || bias?.length !== columns) return undefined;
    const y = backend.allocate(x.shape, "float32");
    const mean = backend.allocate([rows], "float32");
    const inverse = backend.allocate([rows], "float32");
    const statistics = [mean.address, inverse.address] as const;
    const [p, g, b] = [data.address, gain.address, bias.address];
    backend.run("layerNorm", rows, p, g, b, y.address, ...statistics, columns, epsilon as number);
    return [y, mean, inverse];
  },
};

const layerNormGradient: AcceleratedKernel = {
  kernelName: "TriviumLayerNormGradient",
  run(backend, inputs) {
    const x = inputs.x as TensorInfo;
    const [data, dy, gain] = [backend.floats(x), backend.floats(inputs.dy), backend.floats(inputs.gain)];
    const mean = backend.floats(inputs.mean);
    const inverse = backend.floats(inputs.inverseDeviation);
    const [rows, columns] = x.shape as [number, number];
    if (!data || dy?.length !== data.length || gain?.length !== columns || !mean || !inverse) return undefined;
    const dx = backend.allocate(x.shape, "float32");
    const dGain = backend.allocate([columns], "float32");
    const dBias = backend.allocate([columns], "float32");
    const [d, p, m, i] = [dy.address, data.address, mean.address, inverse.address];
    backend.run("layerNormGradient", rows, d, p, gain.address, m, i, dx.address, columns);
    backend.run("layerNormParameterGradient", columns, d, p, m, i, dGain.address, dBias.address, rows, columns);
    return [dx, dGain, dBias];
  },
};

const rmsNorm: AcceleratedKernel = {
  kernelName: "TriviumRmsNorm",
  run(backend, inputs, { epsilon }) {
    const x = inputs.x as TensorInfo;
    const [data, gain] = [backend.floats(x), backend.floats(inputs.gain)];
    const [rows, columns] = x.shape as [number, number];
    if (!data || gain?.length !== columns) return undefined;
    const y = backend.allocate(x.shape, "float32");
    const inverse = backend.allocate([rows], "float32");
    backend.run("rmsNorm", rows, data.address, gain.address, y.address, inverse.address, columns, epsilon as number);
    return [y, inverse];
  },
};

const rmsNormGradient: AcceleratedKernel = {
  kernelName: "TriviumRmsNormGradient",
  run(backend, inputs) {
    const x = inputs.x as TensorInfo;
    const [data, dy, gain] = [backend.floats(x), backend.floats(inputs.dy), backend.floats(inputs.gain)];
    const inverse = backend.floats(inputs.inverseRms);
    const [rows, columns] = x.shape as [number, number];
    if (!data || dy?.length !== data.length || gain?.length !== columns || !inverse) return undefined;
    const dx = backend.allocate(x.shape, "float32");
    const dGain = backend.allocate([columns], "float32");
    const [d, p, i] = [dy.address, data.address, inverse.address];
    backend.run("rmsNormGradient", rows, d, p, gain.address, i, dx.address, columns);
    backend.run("rmsNormParameterGradient", columns, d, p, i, dGain.address, rows, columns);
    return [dx, dGain];
  },
};

export const normKernels: readonly AcceleratedKernel[] = [layerNorm, layerNormGradient, rmsNorm, rmsNormGradient];
