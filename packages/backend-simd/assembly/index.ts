export { attentionBackward } from "./attention/backward";
export { attentionForward } from "./attention/forward";
export { attentionBackwardScratchBytes, attentionForwardScratchBytes } from "./attention/cursor";
export { binary } from "./elementwise/binary";
export { cast } from "./elementwise/cast";
export { compare } from "./elementwise/compare";
export { fill, oneHot } from "./elementwise/fill";
export { logical } from "./elementwise/logical";
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
export { gemmScratchBytes } from "./gemm/gemm";
export { product } from "./gemm/product";
export { toBf16 } from "./gemm/to-bf16";
export { copyStrided } from "./movement/copy-strided";
export { gatherRows, segmentSum } from "./movement/gather";
export { columnSums } from "./rows/column-sums";
export { maskedSoftmax } from "./rows/masked-softmax";
export { norm, normGradient } from "./rows/norm";
export { argMax, reduce } from "./rows/reduce";
export { softmax, softmaxGradient } from "./rows/softmax";
