export { attentionBackward } from "./attention/backward";
export { attentionForward } from "./attention/forward";
export { attentionBackwardScratchBytes, attentionForwardScratchBytes } from "./attention/cursor";
export { binary } from "./elementwise/binary";
export { cast } from "./elementwise/cast";
export { fill, oneHot } from "./elementwise/fill";
export { select } from "./elementwise/select";
export { clip, logicalNot, unary } from "./elementwise/unary";
export { activation } from "./fused/activation";
export { adamW } from "./fused/adam-w";
export { dropout } from "./fused/dropout";
export {
  crossEntropyChunk,
  crossEntropyOfChunks,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
} from "./fused/softmax-cross-entropy";
export { squaredNorms } from "./fused/squared-norms";
export { gemm, gemmScratchBytes } from "./gemm/gemm";
export { toBf16 } from "./gemm/to-bf16";
export { copyStrided } from "./movement/copy-strided";
export { gatherRows, segmentSum } from "./movement/gather";
export { columnSums } from "./rows/column-sums";
export { maskedSoftmax } from "./rows/masked-softmax";
export { norm, normGradient } from "./rows/norm";
export { argMax, reduce } from "./rows/reduce";
export { softmax, softmaxGradient } from "./rows/softmax";
