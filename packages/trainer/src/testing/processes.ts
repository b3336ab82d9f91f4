import { disposeTree, flattenTree, type ParameterTree, type Tensor, tf, unflattenTree } from "@trivium/tensor";
import { addTrees } from "../accumulate.ts";
import { joinPortions, portionSquares, portionsOf } from "../portions.ts";
import { joinShards, type ShardSum } from "../shard-tree.ts";
import type { Sharding, Slice } from "../sharding.ts";

/** A tree on the host: what one process hands to another. */
type Arrays = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;

/** A meeting of `size` processes: each brings a value, and all get the values of all, in the order of the processes. */
function createMeeting(size: number) {
  let values: unknown[] = [];
  let arrived = 0;
  let round = Promise.withResolvers<readonly unknown[]>();
  return async <T>(rank: number, value: T): Promise<readonly T[]> => {
    const current = round;
    values[rank] = value;
    arrived += 1;
    if (arrived === size) {
      [arrived, round] = [0, Promise.withResolvers()];
      const all = values;
      values = [];
      current.resolve(all);
    }
    return (await current.promise) as readonly T[];
  };
}

/** Several processes within this one: each has its own `Sharding`, and they meet in memory. */
export function createProcesses(size: number): readonly ((shards: number) => Sharding)[] {
  const meet = createMeeting(size);
  return Array.from({ length: size }, (_, rank) => (shards: number) => createMember({ meet, rank, size }, shards));
}

interface Place {
  readonly meet: ReturnType<typeof createMeeting>;
  readonly rank: number;
  readonly size: number;
}

function createMember({ meet, rank, size }: Place, shards: number): Sharding {
  const own = Array.from({ length: shards / size }, (_, at) => (rank * shards) / size + at);
  let portions: ReturnType<typeof portionsOf> = [];
  let slices: readonly Slice[] = [];
  return {
    shards,
    own,
    owned(parameters) {
      portions = portionsOf(parameters, shards).slice(own[0], own.at(-1)! + 1);
      slices = joinPortions(parameters, portions);
      return slices;
    },
    async reduce(sums) {
      const all = await meet(
        rank,
        sums.map(({ first, count, sum }) => ({ first, count, arrays: toArrays(sum) })),
      );
      for (const { sum } of sums) disposeTree(sum);
      const nodes = all.flat().map(({ first, count, arrays }) => ({ first, count, sum: toTree(arrays) }));
      const joined = nodes.reduce<readonly ShardSum<ParameterTree>[]>(
        (done, next) => joinShards(done, next, { of: shards, add: addTrees }),
        [],
      );
      const whole = flattenTree(joined[0]!.sum);
      const rows = slices.map(({ path, from, to }) => [path, tf.slice(whole[path]!, from, to - from)] as const);
      tf.dispose(whole);
      const gradients = unflattenTree<Tensor>(Object.fromEntries(rows));
      return { gradients, squares: portionSquares(gradients, slices, portions) };
    },
    async publish(owned) {
      const all = await meet(rank, toArrays(owned));
      const mine = flattenTree(owned);
      const paths = [...new Set(all.flatMap((arrays) => Object.keys(arrays)))];
      return unflattenTree(Object.fromEntries(paths.map((path) => [path, wholeOf(path, all, mine[path])])));
    },
    vote: (record) => meet(rank, record),
  };
}

/** The rows of all processes, one behind the other. */
function wholeOf(path: string, all: readonly Arrays[], mine: Tensor | undefined): Tensor {
  const parts = all.flatMap((arrays) => arrays[path] ?? []);
  if (parts.length === 1 && mine) return mine;
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0);
  const { shape } = parts[0]!;
  const data = Float32Array.from(parts.flatMap(({ data }) => [...data]));
  return tf.tensor(data, shape.length === 0 ? [] : [rows, ...shape.slice(1)]);
}

const toArrays = (tree: ParameterTree): Arrays =>
  Object.fromEntries(
    Object.entries(flattenTree(tree)).map(([path, leaf]) => [
      path,
      { shape: leaf.shape, data: (leaf.dataSync() as Float32Array).slice() },
    ]),
  );

const toTree = (arrays: Arrays): ParameterTree =>
  unflattenTree(
    Object.fromEntries(Object.entries(arrays).map(([path, { shape, data }]) => [path, tf.tensor(data, [...shape])])),
  );
