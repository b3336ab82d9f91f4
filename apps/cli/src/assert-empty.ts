import { folderFiles } from "@trivium/checkpoint/node";
import { ConfigError } from "@trivium/core";

/**
 * Refuses a folder with files: weights or a tokenizer of another model would be read with the new ones.
 *
 * @param place - the argument or option that names the folder.
 * @throws {ConfigError} `cli/out`
 */
export async function assertEmpty(out: string, place: string): Promise<void> {
  const [name] = await folderFiles(out).list();
  if (name === undefined) return;
  throw new ConfigError("cli/out", `${out} holds files already (${name}); name a new or empty folder with ${place}`);
}
