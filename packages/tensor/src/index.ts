export { activateBackend, type Backend, type BackendNeeds, backend, type Probe } from "./backend.ts";
export { embedding } from "./embedding.ts";
export { factoredCrossEntropy } from "./factored-cross-entropy.ts";
export { type FactoredHead, type FactoredLogits, multiplyOut } from "./factored-logits.ts";
export { type ActivationName, activation, gelu } from "./fused/activation.ts";
export { type AdamWAttributes, type AdamWInput, type AdamWTensors, adamWUpdate } from "./fused/adam-w.ts";
export {
  type AttentionAttributes,
  type AttentionPlan,
  type FusedAttentionBias,
  type FusedAttentionRequest,
  fusedAttention,
  hasFusedAttention,
} from "./fused/attention.ts";
export { dropout, dropoutFactor, dropoutHash } from "./fused/dropout.ts";
export { defineFusedOp, type FusedOp, hasKernel } from "./fused/fused-kernel.ts";
export { type LinearMap, type LinearOptions, linear, linears } from "./fused/linear.ts";
export { linearCrossEntropy } from "./fused/linear-cross-entropy.ts";
export { hiddenLogit, maskedSoftmax } from "./fused/masked-softmax.ts";
export { type AddNormOptions, addNorm, layerNorm, rmsNorm } from "./fused/norm.ts";
export { assertTargets, type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./fused/softmax-cross-entropy.ts";
export { squaredNorms } from "./fused/squared-norms.ts";
export { writeSlots } from "./fused/write-slots.ts";
export type { KernelRecord, ProductRecord, ProfileRecords, ProfileSession } from "./profile.ts";
export { type RecomputeOptions, recompute } from "./recompute.ts";
export { countSpecs, flattenSpecs, type ParameterSpec, type SpecTree } from "./spec-tree.ts";
export { type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, type Tensor4D, tf } from "./tf.ts";
export {
  copyTree,
  countParameters,
  disposeTree,
  flattenTree,
  mapTree,
  type ParameterTree,
  type Tree,
  unflattenTree,
} from "./tree.ts";
export { type ValueAndGradients, valueAndGradients } from "./value-and-gradients.ts";
