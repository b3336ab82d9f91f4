import { readFileSync } from "node:fs";

/** The place of this program's `package.json`, in `src` as in `dist`. */
export const ownManifest = new URL("../package.json", import.meta.url);

/** The version that `--version` prints. */
export const ownVersion = (): string => (JSON.parse(readFileSync(ownManifest, "utf8")) as { version: string }).version;
