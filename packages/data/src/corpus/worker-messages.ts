import { ConfigError, DataError } from "@trivium/core";
import type { BlockPlace, TokenBlock } from "../stream/token-source.ts";
import type { HeadOptions, Heads } from "./read-heads.ts";
import type { Shard } from "./shard.ts";
import type { TokenRequest } from "./token-blocks.ts";

/** What a worker that tokenises is told. */
export type ToWorker =
  | { readonly type: "open"; readonly stream: number; readonly request: TokenRequest; readonly from: BlockPlace }
  | {
      readonly type: "heads";
      readonly stream: number;
      readonly shards: readonly Shard[];
      readonly options: HeadOptions;
    }
  | { readonly type: "pull" | "close"; readonly stream: number };

/** What it answers to each pull, and to a question for heads. */
export type FromWorker =
  | { readonly stream: number; readonly heads: Heads }
  | { readonly stream: number; readonly block: TokenBlock }
  | { readonly stream: number; readonly error: SentError };

/** An error on its way between threads. */
export interface SentError {
  readonly code?: string | undefined;
  readonly name?: string | undefined;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** The error that was sent. */
export function receivedError({ code, name, message, details = {} }: SentError): Error {
  if (code === undefined) return new Error(`the worker that reads the corpus failed: ${message}`);
  return new (name === "ConfigError" ? ConfigError : DataError)(code, message, { details });
}
