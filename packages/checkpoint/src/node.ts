export { makeFolder } from "./durable-file.ts";
export { withFileErrors } from "./file-errors.ts";
export { filesAt, folderFiles, latestCheckpoint, readCheckpoint } from "./folder-files.ts";
export { appendMetrics, type MetricsRecord, readMetrics, truncateMetrics } from "./metrics.ts";
export { type OpenedRun, type OpenRunOptions, openRun, RUN_FILE_NAME, readRunIdentity } from "./run-folder.ts";
export { type Holder, releaseRun, runHolder } from "./run-lock.ts";
export {
  type CheckpointFiles,
  discardCheckpointsAfter,
  type WriteCheckpointOptions,
  writeCheckpoint,
} from "./write-checkpoint.ts";
export { writeFiles } from "./write-files.ts";
