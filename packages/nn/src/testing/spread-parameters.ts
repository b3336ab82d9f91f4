import { createRandom } from "@trivium/core";
import { mapTree, type ParameterTree, type SpecTree, tf } from "@trivium/tensor";
import { createTree } from "../create-tree.ts";

/** Parameters away from their start, where biases of 0 and gains of 1 would hide a mistake. */
export function spreadParameters(specs: SpecTree, seed: number): ParameterTree {
  const tree = createTree(specs, createRandom(seed));
  return mapTree(tree, (leaf, path) => {
    const random = createRandom(seed).split("spread").split(path);
    return tf.tensor(
      (leaf.dataSync() as Float32Array).map((value) => value + 0.5 * random.normal()),
      leaf.shape,
    );
  });
}
