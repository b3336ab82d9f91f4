export { type InstallOptions, installSetup, removeSetup, type SetupPlugin } from "./install-setup.ts";
export { lastError, run } from "./run.ts";
