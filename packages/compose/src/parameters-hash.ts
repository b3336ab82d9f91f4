import { createSha256 } from "@trivium/core";
import { flattenTree, type ParameterTree } from "@trivium/tensor";

/**
 * Returns the SHA-256 of parameters: of their paths, shapes and values. The same weights in another format have the same
 * hash.
 *
 * @returns 64 hexadecimal digits.
 * @example await parametersHash((await openModel(folderFiles("gpt2"), { registry })).parameters)
 */
export async function parametersHash(parameters: ParameterTree): Promise<string> {
  const hash = createSha256();
  const leaves = Object.entries(flattenTree(parameters)).sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [path, leaf] of leaves) {
    const { buffer, byteOffset, byteLength } = await leaf.data();
    hash.update(`${path} [${leaf.shape.join()}]\n`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest();
}
