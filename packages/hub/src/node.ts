export { hubFiles } from "./hub-files.ts";
export type { HubEvent, HubOptions } from "./hub-options.ts";
export { modelFiles } from "./model-files.ts";
