import { disposeTree, flattenTree, type ParameterTree } from "@trivium/tensor";
import { joinShards, type ShardSum, type Slice } from "@trivium/trainer";
import type { Collective } from "./collective.ts";
import { bytesOf, floatsOf, sharedFloats } from "./shared-floats.ts";

/** Rows of a parameter, with the number of elements of a row. */
export interface Rows extends Slice {
  readonly width: number;
}

/** The slices that each rank owns, and the shards that it computes. */
export interface Division {
  /** Number of shards. */
  readonly of: number;
  readonly shardsOf: (rank: number) => readonly number[];
  readonly rowsOf: (rank: number) => readonly Rows[];
  /** The collective adds, in an order of its own. Default false. */
  readonly isFast?: boolean | undefined;
}

/** Sums of some shards, with the slices of one rank one behind the other. */
type Partial = ShardSum<Float32Array>;

/**
 * Adds gradients over the shards of all ranks, by the tree of `joinShards`. Each rank gets the sum of the rows that it owns.
 * Consumes the sums.
 *
 * Gradients are packed once, into memory that lasts from step to step, rank by rank; a transport sends them from there.
 *
 * @returns the rows of this rank, one behind the other. Good until the next call.
 */
export function createShardSum(collective: Collective, { of, shardsOf, rowsOf, isFast = false }: Division) {
  const { rank: own, size } = collective;
  const ranks = Array.from({ length: size }, (_, rank) => rank);
  const lengths = ranks.map((rank) => lengthOf(rowsOf(rank)));
  const nodes = ranks.map((rank) => nodesOf(shardsOf(rank), of));
  let staging: Float32Array = new Float32Array();
  const packed = async ({ sum }: ShardSum<ParameterTree>): Promise<Float32Array> => {
    const floats = sharedFloats(lengths.reduce((all, length) => all + length, 0));
    const places = ranks.map((rank) => ({ start: lengthBefore(lengths, rank), rows: rowsOf(rank) }));
    await packTree(sum, floats, places);
    disposeTree(sum);
    return floats;
  };
  /** Adds the sums of this rank, and lets the library add those of all ranks. */
  const summed = async (sums: readonly ShardSum<ParameterTree>[], sum: NonNullable<Collective["sum"]>) => {
    const [first, ...others] = sums as [ShardSum<ParameterTree>, ...ShardSum<ParameterTree>[]];
    let floats = await packed(first);
    for (const other of others) floats = addInto(floats, await packed(other));
    const parts = ranks.map((rank) => floats.subarray(lengthBefore(lengths, rank), lengthBefore(lengths, rank + 1)));
    return floatsOf(await sum(parts.map(bytesOf)));
  };
  return async (sums: readonly ShardSum<ParameterTree>[]): Promise<Float32Array> => {
    if (isFast) return summed(sums, collective.sum!);
    const total = sums.length * lengths.reduce((sum, length) => sum + length, 0);
    if (staging.length !== total) staging = sharedFloats(total);
    const starts = ranks.map((rank) => sums.length * lengthBefore(lengths, rank));
    for (const [at, { sum }] of sums.entries()) {
      const places = ranks.map((rank) => ({ start: starts[rank]! + at * lengths[rank]!, rows: rowsOf(rank) }));
      await packTree(sum, staging, places);
      disposeTree(sum);
    }
    const parts = ranks.map((rank) => staging.subarray(starts[rank], starts[rank]! + sums.length * lengths[rank]!));
    const received = await collective.alltoall(parts.map(bytesOf));
    const partials = received.flatMap((bytes, from) => split(floatsOf(bytes), nodes[from]!, lengths[own]!));
    const joined = partials.reduce<readonly Partial[]>(
      (done, next) => joinShards(done, next, { of, add: addInto }),
      [],
    );
    return joined[0]!.sum;
  };
}

const lengthOf = (rows: readonly Rows[]): number =>
  rows.reduce((sum, { from, to, width }) => sum + (to - from) * width, 0);

const lengthBefore = (lengths: readonly number[], rank: number): number =>
  lengths.slice(0, rank).reduce((sum, length) => sum + length, 0);

/** The sums that a rank hands on: its shards, joined as far as they are neighbours in the tree. */
function nodesOf(shards: readonly number[], of: number): readonly ShardSum<undefined>[] {
  const add = () => undefined;
  return shards.reduce<readonly ShardSum<undefined>[]>(
    (done, first) => joinShards(done, { first, count: 1, sum: undefined }, { of, add }),
    [],
  );
}

interface Place {
  readonly start: number;
  readonly rows: readonly Rows[];
}

/** Copies each leaf of a tree to its places. */
async function packTree(tree: ParameterTree, into: Float32Array, places: readonly Place[]): Promise<void> {
  const leaves = flattenTree(tree);
  const targets = new Map<string, { readonly rows: Rows; readonly at: number }[]>();
  for (const { start, rows } of places) {
    let at = start;
    for (const slice of rows) {
      targets.set(slice.path, [...(targets.get(slice.path) ?? []), { rows: slice, at }]);
      at += (slice.to - slice.from) * slice.width;
    }
  }
  for (const [path, to] of targets) {
    const values = (await leaves[path]!.data()) as Float32Array;
    for (const { rows, at } of to) into.set(values.subarray(rows.from * rows.width, rows.to * rows.width), at);
  }
}

const split = (floats: Float32Array, nodes: readonly ShardSum<undefined>[], length: number): Partial[] =>
  nodes.map(({ first, count }, at) => ({ first, count, sum: floats.subarray(at * length, (at + 1) * length) }));

/** Adds in place. A float32 sum by way of float64 has the bits of a float32 sum. */
function addInto(left: Float32Array, right: Float32Array): Float32Array {
  for (let at = 0; at < left.length; at++) left[at]! += right[at]!;
  return left;
}
