/**
 * All that a first program needs, from the packages that define it. Each line names a package: import from there for
 * what else it has.
 */
export { type AttentionKernel, blockwise, fused, reference } from "@trivium/attention";
export { simd } from "@trivium/backend-simd";
export { compose, composeOrThrow, type OpenedModel, type StreamTextOptions, streamText } from "@trivium/compose";
export { createRandom, type Random, TriviumError } from "@trivium/core";
export { createBatchSource, encodeExamples, fittingLength, splitByHash } from "@trivium/data";
export { compare, encodeHeldOut, evaluate } from "@trivium/evaluator";
export { type Batch, type Example, type TextExample, toBatch, toPackedBatch } from "@trivium/features";
export {
  beam,
  byAnswer,
  collectAnswers,
  generate,
  greedy,
  type LogitsProcessor,
  sample,
} from "@trivium/generate";
export * as masks from "@trivium/masks";
export { type Architecture, createModel, type LanguageModel, languageTask, type ModelOptions } from "@trivium/model";
export { causal, causalSizes } from "@trivium/model-causal";
export { encoderDecoder, encoderDecoderSizes } from "@trivium/model-encoder-decoder";
export { prefix, prefixSizes } from "@trivium/model-prefix";
export {
  causalLm,
  createObjective,
  fillInTheMiddle,
  maskedLm,
  type Objective,
  prefixLm,
  seq2seq,
  spanCorruption,
  tokenLoss,
  ul2,
} from "@trivium/objectives";
export { disposeTree, type ParameterTree, tf } from "@trivium/tensor";
export {
  createByteTokenizer,
  createCharacterTokenizer,
  createDisjointPair,
  createSharedPair,
  createSymbolTokenizer,
  type PairTokenizer,
  type Tokenizer,
} from "@trivium/text";
export {
  adamW,
  constant,
  consume,
  createMemoryStore,
  muon,
  type TrainEvent,
  train,
  warmupCosine,
} from "@trivium/trainer";
