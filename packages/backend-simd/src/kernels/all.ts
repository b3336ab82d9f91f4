import type { AcceleratedKernel } from "./accelerated-kernel.ts";
import { binaryKernels } from "./binary.ts";
import { fillKernels } from "./fill.ts";
import { activationKernels } from "./fused/activation.ts";
import { adamWKernels } from "./fused/adam-w.ts";
import { attentionKernels } from "./fused/attention.ts";
import { dropoutKernels } from "./fused/dropout.ts";
import { linearKernels } from "./fused/linear.ts";
import { linearCrossEntropyKernels } from "./fused/linear-cross-entropy.ts";
import { maskedSoftmaxKernels } from "./fused/masked-softmax.ts";
import { normKernels } from "./fused/norm.ts";
import { packedWeightKernels } from "./fused/packed-weight.ts";
import { crossEntropyKernels } from "./fused/softmax-cross-entropy.ts";
import { squaredNormsKernels } from "./fused/squared-norms.ts";
import { writeSlotsKernels } from "./fused/write-slots.ts";
import { gatherKernels } from "./gather.ts";
import { joinKernels } from "./join.ts";
import { matMulKernels } from "./mat-mul.ts";
import { rearrangeKernels } from "./rearrange.ts";
import { reduceKernels } from "./reduce.ts";
import { select } from "./select.ts";
import { sliceKernels } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { unaryKernels } from "./unary.ts";

/** Every accelerated kernel, and the fused ones that tfjs's cpu backend lacks. */
export const acceleratedKernels: readonly AcceleratedKernel[] = [
  ...matMulKernels,
  ...binaryKernels,
  ...unaryKernels,
  ...reduceKernels,
  softmax,
  ...gatherKernels,
  ...rearrangeKernels,
  ...sliceKernels,
  ...joinKernels,
  ...fillKernels,
  select,
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
  ...packedWeightKernels,
];
