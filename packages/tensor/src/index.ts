export { type ActivatedParts, activateBackend, type Backend, backend, type Probe } from "./backend.ts";
export { activeTraits, type BackendMemory, type BackendTraits, declareTraits } from "./backend-traits.ts";
export { embedding } from "./embedding.ts";
export { factoredCrossEntropy, staysFactored } from "./factored-cross-entropy.ts";
export { type FactoredHead, type FactoredLogits, multiplyOut, softCapped } from "./factored-logits.ts";
export { type ActivationName, activation, gelu } from "./fused/activation.ts";
export { type AdamWAttributes, type AdamWInput, type AdamWTensors, adamWUpdate } from "./fused/adam-w.ts";
export {
  type FusedAttentionBias,
  type FusedAttentionRequest,
  fusedAttention,
} from "./fused/attention.ts";
export {
  type AttentionGrain,
  type AttentionPlan,
  type AttentionVisit,
  blockLength,
  draftVisit,
  planWords,
  type VisitDraft,
  visitRuns,
} from "./fused/attention-plan.ts";
export { dropout, dropoutFactor, dropoutHash } from "./fused/dropout.ts";
export { fusedFamilies } from "./fused/families.ts";
export type { FusedAttributes, FusedInputs, FusedKernel, FusedOutputs } from "./fused/fused-kernel.ts";
export { type FusedFamily, type FusedKernelName, fusedKernels, type KernelsOfFamily } from "./fused/fused-kernels.ts";
export { defineFusedOp, type FusedOp, hasFusedKernel } from "./fused/fused-op.ts";
export { type LinearMap, type LinearOptions, linear, linears } from "./fused/linear.ts";
export { linearCrossEntropy } from "./fused/linear-cross-entropy.ts";
export { hiddenLogit, maskedSoftmax } from "./fused/masked-softmax.ts";
export { type AddNormOptions, addNorm, layerNorm, rmsNorm } from "./fused/norm.ts";
export { assertTargets, type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./fused/softmax-cross-entropy.ts";
export { squaredNorms } from "./fused/squared-norms.ts";
export { type SlotRuns, writeSlots } from "./fused/write-slots.ts";
export {
  assertWeightFormat,
  isPacked,
  type PackedWeight,
  packedShape,
  packWeight,
  type Weight,
  type WeightFormat,
  weightFormats,
} from "./packed-weight.ts";
export { pathMatcher } from "./path-matcher.ts";
export type { KernelRecord, ProductRecord, ProfileRecords, ProfileSession } from "./profile.ts";
export {
  createProfiler,
  type KernelRequest,
  type KernelSpan,
  type ProfileMeter,
  tensorBytes,
} from "./profile-kernels.ts";
export { type RecomputeOptions, recompute } from "./recompute.ts";
export { pathsAbove, selectPaths } from "./select-paths.ts";
export { countSpecs, flattenSpecs, type ParameterSpec, type SpecTree } from "./spec-tree.ts";
export { type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, type Tensor4D, tf } from "./tf.ts";
export type {
  ProgramAttention,
  ProgramBias,
  ProgramMap,
  ProgramNorm,
  ProgramRotation,
  ProgramValues,
  ProgramWords,
  TokenProgram,
} from "./token-program.ts";
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
