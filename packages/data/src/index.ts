export { createBatchSource, createMemorySource, type TrainingBatches } from "./batch-source.ts";
export type { BatchSourceOptions } from "./batching.ts";
export { createDataset } from "./create-dataset.ts";
export { type Dataset, dataset, type ExampleStream, type Reading, type StreamEncoding } from "./dataset.ts";
export { encodeExamples, exampleLength, textWindow } from "./encode-examples.ts";
export { createEpochOrder, type DataPosition, type EpochOrder, type EpochOrderOptions } from "./epoch-order.ts";
export { type EvaluationBatch, type EvaluationBatchesOptions, evaluationBatches } from "./evaluation-batches.ts";
export type { ExampleFeed, ExampleSource, FedExample } from "./example-feed.ts";
export { fitPairTokenizer } from "./fit-pair-tokenizer.ts";
export { type FitOptions, type FittedExamples, fitToLength } from "./fit-to-length.ts";
export { type FittingLength, fittingLength } from "./fitting-length.ts";
export { groupReferences } from "./group-references.ts";
export { createPackedSource, type PackedSourceOptions } from "./packed-source.ts";
export { type PairsDatasetOptions, pairsDataset } from "./pairs-dataset.ts";
export { describeReading } from "./reading.ts";
export { type Split, splitByHash } from "./split-by-hash.ts";
export { type PackedExamples, packExamples, unpackExamples } from "./stream/packed-examples.ts";
export {
  createStreamExamples,
  createStreamSource,
  type StreamExamplesOptions,
  type StreamSourceOptions,
} from "./stream/stream-source.ts";
export type { BlockPlace, TokenBlock, TokenSource } from "./stream/token-source.ts";
export { type TooLong, tooLongSchema } from "./too-long.ts";
export { countUnknown, describeUnknown, type UnknownTokens } from "./unknown-tokens.ts";
export { windows } from "./windows.ts";
