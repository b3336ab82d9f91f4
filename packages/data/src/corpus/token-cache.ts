import { crc32 } from "node:zlib";
import type { PackedExamples } from "../stream/packed-examples.ts";
import { readCacheFile, writeCacheFile } from "./cache-files.ts";
import type { Place } from "./place.ts";

/** The ids of one block of a shard. */
export interface CachedBlock {
  /** Where the next block begins. */
  readonly next: Place;
  /** True for the last block of its shard. */
  readonly isLast: boolean;
  readonly examples: PackedExamples;
}

interface Header extends Omit<CachedBlock, "examples"> {
  readonly examples: number;
  readonly bounds: number;
  readonly ids: number;
  /** Bits of an id. */
  readonly width: 16 | 32;
  readonly crc: number;
}

/** A cache of blocks, each in a file of its own. */
export interface TokenCache {
  /** Undefined if the block is not there, or its file is damaged. */
  read(shard: string, from: Place): Promise<CachedBlock | undefined>;
  write(shard: string, from: Place, block: CachedBlock): Promise<void>;
}

/**
 * Opens the blocks that were made with one tokenizer and one way of cutting.
 *
 * @param version - a digest of everything that the ids depend on, but the shard.
 */
export function openTokenCache(folder: string, version: string): TokenCache {
  const nameOf = (shard: string, { at }: Place) => `tokens/${version}/${shard}/${at}`;
  return {
    async read(shard, from) {
      const bytes = await readCacheFile(folder, nameOf(shard, from));
      return bytes && decode(bytes);
    },
    async write(shard, from, block) {
      await writeCacheFile(folder, nameOf(shard, from), encode(block));
    },
  };
}

const bytesOf = (array: Uint8Array | Uint16Array | Uint32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The length of the header, the header filled up to four bytes, bounds, ids, kinds. */
function encode({ next, isLast, examples: { kinds, bounds, ids } }: CachedBlock): Buffer {
  const body = Buffer.concat([bounds, ids, kinds].map(bytesOf));
  const width = ids instanceof Uint16Array ? 16 : 32;
  const counts = { examples: kinds.length, bounds: bounds.length, ids: ids.length };
  const header: Header = { next, isLast, ...counts, width, crc: crc32(body) };
  const text = JSON.stringify(header);
  const filled = Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(filled.length);
  return Buffer.concat([length, filled, body]);
}

function decode(file: Buffer): CachedBlock | undefined {
  try {
    const start = 4 + file.readUInt32LE(0);
    const { next, isLast, examples, bounds, ids, width, crc } = JSON.parse(file.toString("utf8", 4, start)) as Header;
    const body = Uint8Array.from(file.subarray(start));
    const at = { ids: 4 * bounds, kinds: 4 * bounds + (width / 8) * ids };
    if (body.length !== at.kinds + examples || crc32(body) !== crc) return undefined;
    const Ids = width === 16 ? Uint16Array : Uint32Array;
    const packed = {
      bounds: new Uint32Array(body.buffer, 0, bounds),
      ids: new Ids(body.buffer, at.ids, ids),
      kinds: body.subarray(at.kinds),
    };
    return { next, isLast, examples: packed };
  } catch {
    return undefined;
  }
}
