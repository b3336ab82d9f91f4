import type { TensorInfo } from "@tensorflow/tfjs-core";
import { assertTargets } from "@trivium/tensor";
import type { NumericValues } from "../../backend/tensor-data.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

const softmaxCrossEntropy: AcceleratedKernel = {
  kernelName: "TriviumSoftmaxCrossEntropy",
  run(backend, inputs, { labelSmoothing, zLoss }) {
    const logits = inputs.logits as TensorInfo;
    const data = backend.floats(logits);
    const targets = backend.numbers(inputs.targets, "int32");
    const weights = backend.floats(inputs.weights);
    const [rows, columns] = logits.shape as [number, number];
    if (!data || targets?.length !== rows || weights?.length !== rows) return undefined;
    const losses = backend.allocate([rows], "float32");
    const logSumExp = backend.allocate([rows], "float32");
    const [x, t, w] = [data.address, targets.address, weights.address];
    const options = [columns, labelSmoothing as number, zLoss as number] as const;
    const bad = backend.run("softmaxCrossEntropy", rows, x, t, w, losses.address, logSumExp.address, ...options);
    if (bad < 0) return [losses, logSumExp];
    for (const output of [losses, logSumExp]) backend.disposeIntermediateTensorInfo(output);
    assertTargets(targets.values as NumericValues, weights.values as NumericValues, columns);
    return undefined;
  },
};

const softmaxCrossEntropyGradient: AcceleratedKernel = {
  kernelName: "TriviumSoftmaxCrossEntropyGradient",
  run(backend, inputs, { labelSmoothing, zLoss }) {
    const logits = inputs.logits as TensorInfo;
    const [data, dLosses] = [backend.floats(logits), backend.floats(inputs.dLosses)];
    const targets = backend.numbers(inputs.targets, "int32");
    const [weights, logSumExp] = [backend.floats(inputs.weights), backend.floats(inputs.logSumExp)];
    const [rows, columns] = logits.shape as [number, number];
    if (!data || targets?.length !== rows || weights?.length !== rows) return undefined;
    if (dLosses?.length !== rows || logSumExp?.length !== rows) return undefined;
    const dLogits = backend.allocate(logits.shape, "float32");
    const [d, x, t, w, l] = [dLosses.address, data.address, targets.address, weights.address, logSumExp.address];
    const options = [columns, labelSmoothing as number, zLoss as number] as const;
    const bad = backend.run("softmaxCrossEntropyGradient", rows, d, x, t, w, l, dLogits.address, ...options);
    if (bad < 0) return dLogits;
    backend.disposeIntermediateTensorInfo(dLogits);
    assertTargets(targets.values as NumericValues, weights.values as NumericValues, columns);
    return undefined;
  },
};

export const crossEntropyKernels: readonly AcceleratedKernel[] = [softmaxCrossEntropy, softmaxCrossEntropyGradient];
