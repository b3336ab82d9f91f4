export { cacheFolder, setupFolder } from "./cache-folder.ts";
export { type Machine, type Setup, type SetupArchive, type SetupRefusal, setup } from "./setup.ts";
