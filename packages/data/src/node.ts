import { cmudictPlugin } from "./cmudict.ts";
import { fileDatasetPlugin } from "./file-dataset.ts";

export { cmudict, cmudictFile } from "./cmudict.ts";
export { fileDataset } from "./file-dataset.ts";
export { DATA_FILE_EXTENSIONS, readExamples } from "./read-examples.ts";

/** The datasets of this package, for a registry. */
export const datasetPlugins = [cmudictPlugin, fileDatasetPlugin] as const;
