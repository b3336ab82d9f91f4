import { readFileSync } from "node:fs";

/** Where this program's `package.json` is, in `src` as in `dist`. */
export const ownManifest = new URL("../package.json", import.meta.url);

/** What `--version` says. */
export const ownVersion = (): string => (JSON.parse(readFileSync(ownManifest, "utf8")) as { version: string }).version;
