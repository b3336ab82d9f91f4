import { ConfigError, UnsupportedError } from "@trivium/core";
import { type Tensor, tf, unflattenTree } from "@trivium/tensor";
import { joinPortions, type Owned, portionSquares, portionsOf, type Sharding } from "@trivium/trainer";
import type { Collective } from "./collective.ts";
import { compareReplicas } from "./compare-replicas.ts";
import { bytesOfJson, jsonOfBytes } from "./json-bytes.ts";
import { createPublisher } from "./publish-rows.ts";
import { createShardSum, type Rows } from "./sum-shards.ts";

/** Options of a division among ranks. */
export interface ShardedOptions {
  /** Steps between two comparisons of the parameters of all ranks. 0 for none. Default 100. */
  readonly compareEvery?: number | undefined;
  /** Adds gradients by the library's own reduction, so that the bits depend on the number of ranks. Default false. */
  readonly fast?: boolean | undefined;
}

/**
 * Divides the work of each step among the ranks of a group: `train({ …, shards: 8, sharding: sharded(collective) })`.
 *
 * A rank computes consecutive shards, and keeps the optimiser's state of the parameters that it owns alone (ZeRO-1): rows of those
 * that are updated element by element, whole tensors of the others. Sums over shards and the global norm have the bits of one process,
 * for every number of ranks that divides the number of shards. Now and then the ranks compare their parameters, and stop where these
 * differ.
 *
 * @throws {ConfigError} `distributed/shards` if the shards cannot be divided evenly. @throws {UnsupportedError} `distributed/no-sum` for
 *   `fast` on a collective without a reduction.
 * @source Rajbhandari et al. 2020, §5.1 (optimiser state by slices), https://arxiv.org/abs/1910.02054
 * @example sharded(alone())(4).own // => [0, 1, 2, 3]
 */
export const sharded =
  (collective: Collective, { compareEvery = 100, fast = false }: ShardedOptions = {}) =>
  (shards: number): Sharding => {
    const { rank, size } = collective;
    if (shards % size !== 0) throw unevenShards(shards, size);
    if (fast && !collective.sum) throw noSum(collective.name);
    const each = shards / size;
    const shardsOf = (of: number) => Array.from({ length: each }, (_, at) => of * each + at);
    const given = { collective, shards, shardsOf, isFast: fast };
    const publish = createPublisher(collective);
    let work = divide([], given);
    return {
      shards,
      own: shardsOf(rank),
      ranks: size,
      owned(parameters) {
        work = divide(parameters, given);
        return work.owned;
      },
      async reduce(sums) {
        const gradients = tensorsOf(await work.sum(sums), work.owned, work.shapes);
        return { gradients, squares: portionSquares(gradients, work.owned, work.portions) };
      },
      publish: (owned) => publish(owned, [...work.shapes.keys()]),
      async vote<Vote>(record: Vote) {
        const records = await collective.allGather(bytesOfJson(record));
        return records.map((bytes) => jsonOfBytes<Vote>(bytes));
      },
      async verify(parameters, step) {
        if (size > 1 && compareEvery > 0 && step % compareEvery === 0)
          await compareReplicas(collective, parameters, step);
      },
    };
  };

interface Work {
  readonly collective: Collective;
  readonly shards: number;
  readonly shardsOf: (rank: number) => readonly number[];
  readonly isFast: boolean;
}

/** Divides parameters among the ranks. */
function divide(parameters: readonly Owned[], { collective, shards, shardsOf, isFast }: Work) {
  const all = portionsOf(parameters, shards);
  const shapes = new Map(parameters.map(({ path, shape }) => [path, shape]));
  const portionsOfRank = (rank: number) => shardsOf(rank).map((shard) => all[shard]!);
  const withWidths = (rank: number): Rows[] =>
    joinPortions(parameters, portionsOfRank(rank)).map((slice) => ({
      ...slice,
      width: widthOf(shapes.get(slice.path)!),
    }));
  const rows = Array.from({ length: collective.size }, (_, rank) => withWidths(rank));
  const sum = createShardSum(collective, { of: shards, shardsOf, rowsOf: (rank) => rows[rank]!, isFast });
  return { owned: rows[collective.rank]!, portions: portionsOfRank(collective.rank), shapes, sum };
}

const widthOf = (shape: readonly number[]): number => shape.slice(1).reduce((size, side) => size * side, 1);

/** Cuts the rows of this rank into tensors. */
function tensorsOf(values: Float32Array, rows: readonly Rows[], shapes: ReadonlyMap<string, readonly number[]>) {
  let at = 0;
  const leaves = rows.map(({ path, from, to, width }): [string, Tensor] => {
    const start = at;
    at += (to - from) * width;
    const shape = shapes.get(path)!;
    const cut = shape.length === 0 ? [] : [to - from, ...shape.slice(1)];
    return [path, tf.tensor(values.slice(start, at), cut)];
  });
  return unflattenTree<Tensor>(Object.fromEntries(leaves));
}

function noSum(name: string): UnsupportedError {
  const message = `the collective ${name} has no reduction of its own; leave out --fast, or start the ranks by mpirun`;
  return new UnsupportedError("distributed/no-sum", message);
}

function unevenShards(shards: number, size: number): ConfigError {
  const nearest = size * Math.max(1, Math.round(shards / size));
  const message = `${size} ranks share the shards of a step evenly, got ${shards}; use --shards ${nearest}, or a number of ranks that divides ${shards}`;
  return new ConfigError("distributed/shards", message, { details: { shards, size } });
}
