import { assertTargets } from "@trivium/tensor";
import type { NumericValues } from "../../backend/tensor-data.ts";
import { accelerateFamily } from "./fused-family.ts";

export const crossEntropyKernels = accelerateFamily("softmax-cross-entropy", {
  softmaxCrossEntropy(backend, { logits, targets, weights }, { labelSmoothing, zLoss }) {
    const [rows, columns] = logits.shape as [number, number];
    if (targets.data.length !== rows || weights.data.length !== rows) return undefined;
    const losses = backend.allocate([rows], "float32");
    const logSumExp = backend.allocate([rows], "float32");
    const [x, t, w] = [logits.data.address, targets.data.address, weights.data.address];
    const options = [columns, labelSmoothing, zLoss] as const;
    const bad = backend.run("softmaxCrossEntropy", rows, x, t, w, losses.address, logSumExp.address, ...options);
    if (bad < 0) return [losses, logSumExp];
    for (const output of [losses, logSumExp]) backend.disposeIntermediateTensorInfo(output);
    assertTargets(targets.data.values as NumericValues, weights.data.values as NumericValues, columns);
    return undefined;
  },
  softmaxCrossEntropyGradient(backend, inputs, { labelSmoothing, zLoss }) {
    const { dLosses, logits, targets, weights, logSumExp } = inputs;
    const [rows, columns] = logits.shape as [number, number];
    if ([dLosses, targets, weights, logSumExp].some(({ data }) => data.length !== rows)) return undefined;
    const dLogits = backend.allocate(logits.shape, "float32");
    const [d, x, t, w, l] = [dLosses, logits, targets, weights, logSumExp].map(({ data }) => data.address);
    const options = [dLogits.address, 0, columns, columns, labelSmoothing, zLoss] as const;
    const bad = backend.run("softmaxCrossEntropyGradient", rows, d!, x!, t!, w!, l!, ...options);
    if (bad < 0) return [dLogits];
    backend.disposeIntermediateTensorInfo(dLogits);
    assertTargets(targets.data.values as NumericValues, weights.data.values as NumericValues, columns);
    return undefined;
  },
});
