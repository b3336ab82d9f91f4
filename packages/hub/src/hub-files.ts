import type { Files } from "@trivium/checkpoint";
import type { HubName } from "./hub-name.ts";
import type { HubOptions } from "./hub-options.ts";

/**
 * The files of a model of the hub, at the commit that its revision names now. Each file comes into the cache, whole and
 * verified, when it is first read; a header (a range that begins in the first 8 bytes) is read over the network alone.
 *
 * Its name is `owner/name@commit`, which opens the very same files again.
 *
 * @throws {CheckpointError} `hub/unauthorized`, `hub/not-found`, `hub/busy`, `hub/network`, `hub/answer`, and from `read` also
 *   `hub/interrupted` and `hub/broken`; `hub/offline` for what the cache lacks, where nobody is to be asked.
 * @throws {ConfigError} `hub/token` for a token that is none.
 * @example await (await hubFiles({ id: "HuggingFaceTB/SmolLM2-135M" })).list() // => ["config.json", "model.safetensors", …]
 */
export async function hubFiles(name: HubName, options: HubOptions = {}): Promise<Files> {
  // Its client takes 45 ms to load, which programs that open folders need not wait for.
  const { openHub } = await import("./open-hub.ts");
  return openHub(name, options);
}
