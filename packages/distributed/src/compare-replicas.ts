import { flattenTree, type ParameterTree, type Tensor } from "@trivium/tensor";
import type { Collective } from "./collective.ts";
import { CollectiveError } from "./collective-error.ts";
import { bytesOf, floatsOf } from "./shared-floats.ts";

/**
 * Compares the parameters of all ranks, which hold the same bits unless memory, processor or network has failed. Digests are gathered
 * first, and parameters only where these differ. All ranks throw the same error.
 *
 * @param parameters - whole, on each rank.
 * @throws {CollectiveError} `distributed/replicas-differ`, naming step, ranks, tensor and the first place that differs.
 */
export async function compareReplicas(collective: Collective, parameters: ParameterTree, step: number): Promise<void> {
  const leaves = Object.entries(flattenTree(parameters));
  const digests = new Uint32Array(2 * leaves.length);
  for (const [at, [, leaf]] of leaves.entries()) digests.set(digestOf(await wordsOf(leaf)), 2 * at);
  const gathered = await collective.allGather(new Uint8Array(digests.buffer));
  const all = gathered.map((bytes) => new Uint32Array(bytes.slice().buffer));
  const kept = (rank: number, at: number) => `${all[rank]![2 * at]} ${all[rank]![2 * at + 1]}`;
  const at = leaves.findIndex((_, index) => all.some((_, rank) => kept(rank, index) !== kept(0, index)));
  if (at < 0) return;
  const [path, leaf] = leaves[at]!;
  const values = await collective.allGather(bytesOf((await leaf.data()) as Float32Array));
  // Those that most ranks have in common are likely to be right.
  const groups = [...Map.groupBy(all.keys(), (rank) => kept(rank, at)).values()].sort((a, b) => b.length - a.length);
  const ranks = [groups[0]![0]!, groups.at(-1)![0]!] as const;
  const [right, wrong] = ranks.map((rank) => new Uint32Array(values[rank]!.slice().buffer)) as [
    Uint32Array,
    Uint32Array,
  ];
  const index = right.findIndex((word, place) => word !== wrong[place]);
  const place = placeIn(leaf.shape, index);
  const shown = ranks.map((rank) => `${floatsOf(values[rank]!)[index]} on rank ${rank}`).join(", ");
  const message = `after step ${step} the ranks hold different parameters: ${path}[${place.join(", ")}] is ${shown}. A memory, a processor or the network has failed, and no checkpoint of this step was written; go on from the newest one, without the machine of rank ${ranks[1]}`;
  throw new CollectiveError("distributed/replicas-differ", message, { details: { step, path, place, ranks } });
}

async function wordsOf(leaf: Tensor): Promise<Uint32Array> {
  const { buffer, byteOffset, length } = (await leaf.data()) as Float32Array;
  return new Uint32Array(buffer, byteOffset, length);
}

/**
 * Two FNV-1a digests over 32-bit words. A single word that differs always gives another digest, since each step is invertible.
 *
 * @source Fowler, Noll, Vo 1991, http://www.isthe.com/chongo/tech/comp/fnv/
 */
function digestOf(words: Uint32Array): [number, number] {
  let [one, two] = [0x811c9dc5, 0x01234567];
  for (let at = 0; at < words.length; at++) {
    one = Math.imul(one ^ words[at]!, 0x01000193);
    two = Math.imul(two ^ words[at]!, 0x5bd1e995);
  }
  return [one, two];
}

/** The indices of an element of a tensor. */
function placeIn(shape: readonly number[], place: number): number[] {
  let rest = place;
  return shape
    .toReversed()
    .map((side) => {
      const index = rest % side;
      rest = Math.floor(rest / side);
      return index;
    })
    .toReversed();
}
