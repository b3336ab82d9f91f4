import { existsSync } from "node:fs";
import type { Files } from "@trivium/checkpoint";
import { filesAt } from "@trivium/checkpoint/node";
import { CheckpointError, ConfigError, TriviumError } from "@trivium/core";
import { hubFiles } from "./hub-files.ts";
import { readHubName } from "./hub-name.ts";
import type { HubOptions } from "./hub-options.ts";

/** The folder that runs are written into where nothing else is said: no owner of the hub. */
const RUNS = "runs";

/**
 * Returns the files of a model by its place: a folder, a `.gguf` file, or the name of a model of the hub.
 *
 * What exists on the disk is a path, and so is what begins with `.`, `/`, `~` or `runs/`. Otherwise `owner/name` is a model
 * of the hub, with `@revision` behind it if need be, unless there is a folder `owner` here. `hf:` before a name always asks
 * the hub.
 *
 * @throws {ConfigError} `hub/revision` for a revision or `offline` of a path; what `hubFiles` throws, with the note that there
 *   is no such folder where a path may have been meant.
 * @example await modelFiles("runs/words"); // a folder
 * @example await modelFiles("HuggingFaceTB/SmolLM2-135M", { revision: "v1.0" });
 */
export async function modelFiles(place: string, options: HubOptions = {}): Promise<Files> {
  const isSaid = place.startsWith("hf:");
  const name = existsSync(place) ? undefined : readHubName(place);
  const [owner] = place.split("/") as [string];
  if (name && isSaid) return hubFiles(name, options);
  if (name && owner !== RUNS && !existsSync(owner)) {
    return hubFiles(name, options).catch((cause: unknown) => {
      if (!TriviumError.is(cause)) throw cause;
      // Whoever meant a folder sees that there is none.
      throw new CheckpointError(cause.code, `there is no folder ${place} here, and ${cause.message}`, { cause });
    });
  }
  if (options.revision === undefined) return filesAt(place);
  const message = `a revision (--revision) is of a model of the hub, and ${place} is a path; leave it out, or write hf:owner/name`;
  throw new ConfigError("hub/revision", message);
}
