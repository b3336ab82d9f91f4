import { parentPort } from "node:worker_threads";
import { TriviumError } from "@trivium/core";
import { buffersOf } from "../stream/packed-examples.ts";
import type { TokenBlock } from "../stream/token-source.ts";
import { createTokenizerOf } from "./built-in-tokenizers.ts";
import { readHeads } from "./read-heads.ts";
import { tokenBlocks } from "./token-blocks.ts";
import type { FromWorker, SentError, ToWorker } from "./worker-messages.ts";

const streams = new Map<number, AsyncGenerator<TokenBlock, void, void>>();

parentPort?.on("message", (message: ToWorker) => {
  const { stream } = message;
  if (message.type === "open") {
    const { request, from } = message;
    streams.set(
      stream,
      openLater(() => tokenBlocks(request, createTokenizerOf(request.tokenizer), from)),
    );
  } else if (message.type === "heads") {
    readHeads(message.shards, message.options).then(
      (heads) => post({ stream, heads }),
      (error: unknown) => post({ stream, error: sentError(error) }),
    );
  } else if (message.type === "pull") {
    streams
      .get(stream)
      ?.next()
      .then(
        ({ value }) => value && post({ stream, block: value }, [...buffersOf(value.examples)]),
        (error: unknown) => post({ stream, error: sentError(error) }),
      );
  } else {
    void streams.get(stream)?.return();
    streams.delete(stream);
  }
});

/** A generator whose first step makes another one, so that an error in making it is one of that step. */
async function* openLater<T>(create: () => AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  yield* create();
}

const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, [...transfer]);

const sentError = (error: unknown): SentError =>
  TriviumError.is(error)
    ? { code: error.code, name: error.name, message: error.message, details: error.details }
    : { message: (error as Error).stack ?? String(error) };
