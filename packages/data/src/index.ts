import { cmudictPlugin } from "./cmudict.ts";
import { fileDatasetPlugin } from "./file-dataset.ts";

export { type BatchSourceOptions, createBatchSource, type TrainingBatches } from "./batch-source.ts";
export { cmudict, cmudictFile } from "./cmudict.ts";
export { createDataset } from "./create-dataset.ts";
export { type Dataset, dataset } from "./dataset.ts";
export { encodeExamples, exampleLength } from "./encode-examples.ts";
export { createEpochOrder, type DataPosition, type EpochOrder, type EpochOrderOptions } from "./epoch-order.ts";
export { type EvaluationBatch, type EvaluationBatchesOptions, evaluationBatches } from "./evaluation-batches.ts";
export { fileDataset } from "./file-dataset.ts";
export { fitPairTokenizer } from "./fit-pair-tokenizer.ts";
export { fittingLength } from "./fitting-length.ts";
export { groupReferences } from "./group-references.ts";
export { DATA_FILE_EXTENSIONS, readExamples } from "./read-examples.ts";
export { type Split, splitByHash } from "./split-by-hash.ts";
export { windows } from "./windows.ts";

/** The datasets of this package, for a registry. */
export const datasetPlugins = [cmudictPlugin, fileDatasetPlugin] as const;
