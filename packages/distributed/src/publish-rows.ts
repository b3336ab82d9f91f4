import { flattenTree, type ParameterTree, type Tensor, tf, unflattenTree } from "@trivium/tensor";
import type { Collective } from "./collective.ts";
import { bytesOfJson, jsonOfBytes } from "./json-bytes.ts";
import { bytesOf, floatsOf, sharedFloats } from "./shared-floats.ts";

/** A leaf that a rank owns rows of. */
interface Leaf {
  readonly path: string;
  readonly shape: readonly number[];
}

/** Rows of one rank, as they came. */
interface Part extends Leaf {
  readonly rank: number;
  readonly values: Float32Array;
}

/** Gathers the rows that each rank owns, and returns whole tensors. A leaf that is whole already stands in the result. */
export type PublishRows = (owned: ParameterTree, order: readonly string[]) => Promise<ParameterTree>;

/** Returns a {@link PublishRows}, which is given paths in the order of the result. What it sends lies in memory that lasts. */
export function createPublisher(collective: Collective): PublishRows {
  let room: Float32Array = new Float32Array();
  const roomFor = (length: number) => {
    if (room.length !== length) room = sharedFloats(length);
    return room;
  };
  return async (owned, order) => {
    const mine = flattenTree(owned);
    const message = await messageOf(Object.entries(mine), roomFor);
    return wholeTree(await gatherRows(collective, message), { mine, order, rank: collective.rank });
  };
}

interface Published {
  readonly mine: Readonly<Record<string, Tensor>>;
  readonly order: readonly string[];
  readonly rank: number;
}

function wholeTree(all: readonly Part[], { mine, order, rank }: Published): ParameterTree {
  const byPath = Map.groupBy(all, ({ path }) => path);
  const paths = order.filter((path) => byPath.has(path));
  const leafOf = (path: string): Tensor => {
    const parts = byPath.get(path)!;
    const [first] = parts as [Part, ...Part[]];
    if (parts.length === 1)
      return first.rank === rank ? mine[path]! : tf.tensor(first.values.slice(), [...first.shape]);
    return tf.tensor(joined(parts), [parts.reduce((sum, { shape }) => sum + shape[0]!, 0), ...first.shape.slice(1)]);
  };
  return unflattenTree(Object.fromEntries(paths.map((path) => [path, leafOf(path)])));
}

async function gatherRows(collective: Collective, message: Uint8Array): Promise<Part[]> {
  const received = await collective.allGather(message);
  return received.flatMap((bytes, rank) => {
    const { leaves, values } = readMessage(bytes);
    let start = 0;
    return leaves.map(({ path, shape }) => {
      const from = start;
      start += shape.reduce((size, side) => size * side, 1);
      return { path, shape, rank, values: values.subarray(from, start) };
    });
  });
}

/** Bytes of the number that a message begins with: the bytes of its header. */
const NUMBER_BYTES = 4;

/** One message, since an exchange costs a wait for the slowest rank: a header that names leaves, and their values. */
async function messageOf(
  leaves: readonly (readonly [string, Tensor])[],
  roomFor: (length: number) => Float32Array,
): Promise<Uint8Array> {
  const header = bytesOfJson(leaves.map(([path, { shape }]): Leaf => ({ path, shape })));
  const headerFloats = Math.ceil((NUMBER_BYTES + header.length) / 4);
  const message = roomFor(leaves.reduce((sum, [, leaf]) => sum + leaf.size, headerFloats));
  new DataView(message.buffer).setUint32(0, header.length, true);
  bytesOf(message).set(header, NUMBER_BYTES);
  let at = headerFloats;
  for (const [, leaf] of leaves) {
    message.set((await leaf.data()) as Float32Array, at);
    at += leaf.size;
  }
  return bytesOf(message);
}

function readMessage(bytes: Uint8Array): { readonly leaves: readonly Leaf[]; readonly values: Float32Array } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const end = NUMBER_BYTES + length;
  const leaves = jsonOfBytes<readonly Leaf[]>(bytes.slice(NUMBER_BYTES, end));
  return { leaves, values: floatsOf(bytes.subarray(4 * Math.ceil(end / 4))) };
}

/** The rows of all ranks, one behind the other: the ranks own consecutive rows. */
function joined(parts: readonly Part[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of parts) {
    whole.set(values, at);
    at += values.length;
  }
  return whole;
}
