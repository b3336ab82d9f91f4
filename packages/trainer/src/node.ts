export { type FileScheduleOptions, fileSchedule, fileSchedulePlugin } from "./file-schedule.ts";
export { createFolderStore, type FolderStoreOptions } from "./folder-store.ts";
export { METRICS_FILE_NAME, metricsSink, recordedMetrics } from "./metrics-sink.ts";
export { tensorBoardSink } from "./tensorboard-sink.ts";
export { createWorkingClock, type WorkingClock } from "./working-clock.ts";
