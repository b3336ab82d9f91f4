export { type InstallOptions, installSetup, removeSetup, type SetupPlugin } from "./install-setup.ts";
export { answers, lastError, run } from "./run.ts";
