import { createHash } from "node:crypto";
import { createRandom, DataError } from "@trivium/core";
import type { PairTokenizer, PairTokenizerJson } from "@trivium/text";
import type { ReadOptions } from "../read-options.ts";
import { createExamplePacker } from "../stream/packed-examples.ts";
import type { BlockPlace, TokenBlock } from "../stream/token-source.ts";
import { exampleBlocks } from "./example-blocks.ts";
import { checkShard } from "./open-shards.ts";
import type { ExampleBlock, Place } from "./place.ts";
import type { Shard } from "./shard.ts";
import { type CachedBlock, openTokenCache, type TokenCache } from "./token-cache.ts";
import { type Encoding, tokenise } from "./tokenise.ts";

/** Everything that the blocks of a source depend on: a plain value, which can be sent to a worker. */
export interface TokenRequest extends Omit<Encoding, "tokenizer" | "packer"> {
  /** The name of the source in messages. */
  readonly name: string;
  readonly shards: readonly Shard[];
  readonly columns: ReadOptions;
  readonly tokenizer: PairTokenizerJson;
  /** Decides the order of the shards in each epoch. */
  readonly seed: number | string;
  /** The folder of the cache; undefined for none. */
  readonly cache: string | undefined;
}

/** Part of the names of cached blocks: another number for other blocks from the same request. */
const FORMAT = 1;

/**
 * Streams the training examples of a source as ids, epoch after epoch, each in another order of the shards. Blocks that lie
 * in the cache are not read from the shard, which must be what it was all the same.
 *
 * @throws {DataError} what `exampleBlocks` and `tokenise` throw; `data/empty` if an epoch has nothing to train on.
 */
export async function* tokenBlocks(
  request: TokenRequest,
  tokenizer: PairTokenizer,
  from: BlockPlace,
): AsyncGenerator<TokenBlock, void, void> {
  const cache = request.cache === undefined ? undefined : openTokenCache(request.cache, versionOf(request));
  const shards = { request, encoding: { ...request, tokenizer, packer: createExamplePacker() }, cache };
  let { epoch, shard: at, ...place }: BlockPlace = from;
  for (let found = at > 0 || place.at > 0; ; epoch += 1, found = false) {
    const order = createRandom(request.seed).split("shards").split(epoch).shuffle(request.shards);
    for (; at < order.length; at += 1, place = { at: 0, line: 0 }) {
      for await (const { from: start, examples } of shardBlocks(shards, order[at] as Shard, place)) {
        found ||= examples.kinds.length > 0;
        yield { from: { epoch, shard: at, ...start }, examples };
      }
    }
    if (!found)
      throw new DataError(
        "data/empty",
        `${request.name} has nothing to train on: every example is held out or too short`,
      );
    at = 0;
  }
}

interface Shards {
  readonly request: TokenRequest;
  readonly encoding: Encoding;
  readonly cache: TokenCache | undefined;
}

async function* shardBlocks(
  { request, encoding, cache }: Shards,
  shard: Shard,
  start: Place,
): AsyncGenerator<CachedBlock & { readonly from: Place }, void, void> {
  let read: AsyncGenerator<LastBlock, void, void> | undefined;
  try {
    for (let from = start; ; ) {
      const cached = await cache?.read(shard.sha256, from);
      if (cached) {
        await checkShard(shard);
        await read?.return();
        read = undefined;
      }
      read ??= cached ? undefined : withLast(exampleBlocks(shard, request.columns, from));
      const live = cached ? undefined : await read?.next();
      if (live?.done) return;
      const block = cached ?? tokenised(live?.value as LastBlock, encoding, shard);
      if (!cached) await cache?.write(shard.sha256, from, block);
      yield { ...block, from };
      if (block.isLast) return;
      from = block.next;
    }
  } finally {
    await read?.return();
  }
}

const tokenised = ({ isLast, ...block }: LastBlock, encoding: Encoding, { path }: Shard): CachedBlock => ({
  next: block.next,
  isLast,
  examples: tokenise(block, encoding, path),
});

interface LastBlock extends ExampleBlock {
  readonly isLast: boolean;
}

/** Marks the last block. */
async function* withLast(blocks: AsyncIterable<ExampleBlock>): AsyncGenerator<LastBlock, void, void> {
  let before: ExampleBlock | undefined;
  for await (const block of blocks) {
    if (before) yield { ...before, isLast: false };
    before = block;
  }
  if (before) yield { ...before, isLast: true };
}

const versionOf = ({ columns, tokenizer, length, tooLong, shares, form, ends }: TokenRequest): string => {
  const parts = { format: FORMAT, columns, tokenizer, length, tooLong, shares, form, ends };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
};
