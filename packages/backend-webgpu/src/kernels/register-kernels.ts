import { tf } from "@trivium/tensor";
import { activationKernels } from "./activation.ts";
import { adamWKernels } from "./adam-w.ts";
import { attentionKernels } from "./attention/attention.ts";
import { dropoutKernels } from "./dropout.ts";
import type { FusedKernelOfDevice } from "./fused-family.ts";
import { linearKernels } from "./linear.ts";
import { linearCrossEntropyKernels } from "./linear-cross-entropy.ts";
import { maskedSoftmaxKernels } from "./masked-softmax.ts";
import { normKernels } from "./norm.ts";
import { segmentSumKernel } from "./segment-sum.ts";
import { crossEntropyKernels } from "./softmax-cross-entropy.ts";
import { squaredNormsKernels } from "./squared-norms.ts";
import { writeSlotsKernels } from "./write-slots.ts";

const kernels: readonly FusedKernelOfDevice[] = [
  ...linearKernels,
  ...activationKernels,
  ...normKernels,
  ...crossEntropyKernels,
  ...linearCrossEntropyKernels,
  ...maskedSoftmaxKernels,
  ...attentionKernels,
  ...dropoutKernels,
  ...adamWKernels,
  ...writeSlotsKernels,
  ...squaredNormsKernels,
];

/** Gives a tfjs backend all kernels of tfjs's WebGPU backend, and the fused ones besides. */
export function registerKernels(backendName: string): void {
  tf.copyRegisteredKernels("webgpu", backendName);
  for (const kernel of kernels) tf.registerKernel({ ...kernel, backendName });
  const segmentSum = segmentSumKernel(backendName);
  tf.unregisterKernel(segmentSum.kernelName, backendName);
  tf.registerKernel(segmentSum);
}
