import { ConfigError } from "@trivium/core";

/** What names a model of the hub. */
export interface HubName {
  /** `owner/name`, or `name` for the few that have no owner. */
  readonly id: string;
  /** A branch, a tag or a commit. Default: `main`. */
  readonly revision?: string | undefined;
  /** The one file that is the model: a `.gguf` of a repository with several. */
  readonly file?: string | undefined;
}

const PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
const NAME = new RegExp(`^(hf:)?(${PART}/)?(${PART})(?:/([^@/]+\\.gguf))?(?:@(.+))?$`);
/** Names of branches, tags and commits; no part begins with a point, so that none leads out of a folder. */
const REVISION = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;

/**
 * Reads the name of a model of the hub: `owner/name`, with `@revision` behind it, or `/file.gguf`, or both; or the same
 * behind `hf:`, where a name without an owner is one too.
 *
 * @returns undefined for what is no such name.
 * @throws {ConfigError} `hub/name` for what begins with `hf:` and is none, and for a revision that is none.
 * @example readHubName("HuggingFaceTB/SmolLM2-135M@v1") // => { id: "HuggingFaceTB/SmolLM2-135M", file: undefined, revision: "v1" }
 * @example readHubName("gpt2") // => undefined
 * @example readHubName("hf:gpt2")?.id // => "gpt2"
 */
export function readHubName(text: string): HubName | undefined {
  const [whole, prefix, owner = "", name = "", file, revision] = NAME.exec(text) ?? [];
  const isName = whole !== undefined && !name.includes("..") && !owner.includes("..");
  if (!isName || (prefix === undefined && owner === "")) {
    if (!text.startsWith("hf:")) return undefined;
    const message = `${text} names no model of the hub; write hf:owner/name, with @revision behind it if need be`;
    throw new ConfigError("hub/name", message);
  }
  return { id: owner + name, file, revision: revision === undefined ? undefined : readRevision(revision) };
}

/** @throws {ConfigError} `hub/name` for what is neither a branch, a tag nor a commit. */
export function readRevision(text: string): string {
  if (REVISION.test(text)) return text;
  throw new ConfigError("hub/name", `${JSON.stringify(text)} is no revision; name a branch, a tag or a commit`);
}
