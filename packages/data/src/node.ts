import { cmudictPlugin } from "./cmudict.ts";
import { corpusPlugin } from "./corpus/corpus-dataset.ts";
import { fileDatasetPlugin } from "./file-dataset.ts";

export { cmudict, cmudictFile } from "./cmudict.ts";
export { corpusDataset } from "./corpus/corpus-dataset.ts";
export { fileDataset } from "./file-dataset.ts";
export { fileTokenizer, fileTokenizerPlugin } from "./file-tokenizer.ts";
export type { Line } from "./lines-of-blocks.ts";
export { onReading, type ReadingProgress } from "./on-reading.ts";
export { DATA_FILE_EXTENSIONS, readExamples } from "./read-examples.ts";
export { type LineSource, readLines } from "./read-lines.ts";
export type { ReadOptions } from "./read-options.ts";

/** The datasets of this package, for a registry. */
export const datasetPlugins = [cmudictPlugin, fileDatasetPlugin, corpusPlugin] as const;
