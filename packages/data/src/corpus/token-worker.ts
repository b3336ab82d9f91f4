import { Worker } from "node:worker_threads";
import { DataError } from "@trivium/core";
import type { BlockPlace, TokenBlock } from "../stream/token-source.ts";
import type { HeadOptions, Heads } from "./read-heads.ts";
import type { Shard } from "./shard.ts";
import type { TokenRequest } from "./token-blocks.ts";
import { type FromWorker, receivedError, type ToWorker } from "./worker-messages.ts";

/** A thread that reads and tokenises ahead of its readers. */
export interface TokenWorker {
  /** Reads the beginnings of shards, as {@link readHeads} does. */
  heads(shards: readonly Shard[], options: HeadOptions): Promise<Heads>;
  blocks(request: TokenRequest, from: BlockPlace): AsyncIterator<TokenBlock, void, void>;
}

/** Blocks of a stream that wait for their reader, or are on their way. */
const AHEAD = 3;

/** Megabytes of the heap: garbage is collected early. A document takes about twenty times its size. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

const OUT_OF_MEMORY = "ERR_WORKER_OUT_OF_MEMORY";

const tooLarge = (cause: Error): DataError =>
  new DataError(
    "data/memory",
    'a document or a row group of the corpus is too large for the memory of the thread that reads it; cut it into several, or read in the main thread: { "worker": false } in --data-options',
    { cause },
  );

interface Reader {
  receive(message: FromWorker): void;
  fail(error: Error): void;
}

/** Starts a thread for streams of blocks. It keeps the process alive only while a reader waits. */
export function startTokenWorker(): TokenWorker {
  const isSource = import.meta.url.endsWith(".ts");
  const program = new URL(isSource ? "./tokenise-worker.ts" : "./corpus/tokenise-worker.js", import.meta.url);
  // The program's own flags (`--test`, `--import`) are not for this worker.
  const worker = new Worker(program, {
    execArgv: isSource ? ["-C", "@trivium/source"] : [],
    name: "corpus",
    resourceLimits,
  });
  const readers = new Map<number, Reader>();
  const send = (message: ToWorker) => worker.postMessage(message);
  let ended: Error | undefined;
  const end = (error: Error) => {
    ended ??= error;
    for (const reader of readers.values()) reader.fail(ended);
  };
  worker.on("message", (message: FromWorker) => readers.get(message.stream)?.receive(message));
  worker.on("error", (error: NodeJS.ErrnoException) => end(error.code === OUT_OF_MEMORY ? tooLarge(error) : error));
  worker.on("exit", () => end(new Error("the worker that reads the corpus has ended")));
  worker.unref();
  let opened = 0;
  let waiting = 0;
  const waitFor = async <T>(promise: Promise<T>): Promise<T> => {
    waiting += 1;
    worker.ref();
    try {
      return await promise;
    } finally {
      waiting -= 1;
      if (waiting === 0) worker.unref();
    }
  };
  return {
    async heads(shards, options) {
      const stream = opened++;
      const { promise, resolve, reject } = Promise.withResolvers<Heads>();
      readers.set(stream, {
        receive: (message) => ("heads" in message ? resolve(message.heads) : rejectWith(message, reject)),
        fail: reject,
      });
      if (ended) reject(ended);
      send({ type: "heads", stream, shards, options });
      return waitFor(promise).finally(() => readers.delete(stream));
    },
    blocks(request, from) {
      const stream = opened++;
      const queue: Promise<TokenBlock>[] = [];
      const settle: { resolve(block: TokenBlock): void; reject(error: Error): void }[] = [];
      const pull = () => {
        const { promise, resolve, reject } = Promise.withResolvers<TokenBlock>();
        // Whoever takes the block meets its error.
        promise.catch(() => undefined);
        queue.push(promise);
        if (ended) reject(ended);
        else settle.push({ resolve, reject });
        send({ type: "pull", stream });
      };
      readers.set(stream, {
        receive: (message) =>
          "block" in message
            ? settle.shift()?.resolve(message.block)
            : rejectWith(message, (error) => settle.shift()?.reject(error)),
        fail(error) {
          for (const { reject } of settle.splice(0)) reject(error);
        },
      });
      send({ type: "open", stream, request, from });
      for (let at = 0; at < AHEAD; at++) pull();
      return {
        async next() {
          const first = queue.shift() as Promise<TokenBlock>;
          const value = await waitFor(first);
          pull();
          return { value };
        },
        async return() {
          readers.delete(stream);
          send({ type: "close", stream });
          return { value: undefined, done: true };
        },
      };
    },
  };
}

function rejectWith(message: FromWorker, reject: (error: Error) => void): void {
  if ("error" in message) reject(receivedError(message.error));
}
