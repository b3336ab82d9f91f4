import { CheckpointError, ConfigError, DataError, NumericsError, TriviumError, UnsupportedError } from "@trivium/core";
import type { Collective } from "./collective.ts";
import { bytesOfJson, jsonOfBytes } from "./json-bytes.ts";

/** Writing and reading of a value that goes from rank to rank. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** An error, in a form that goes from rank to rank. */
interface SentError {
  readonly name: string;
  readonly code?: string | undefined;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

const classes = { CheckpointError, ConfigError, DataError, NumericsError, UnsupportedError };

/**
 * Runs something on rank 0 alone, and returns its value, or throws its error, on all ranks.
 *
 * @param codec - of the value. Default: JSON.
 * @example await fromFirst(alone(), async () => 3) // => 3
 */
export async function fromFirst<T>(
  collective: Collective,
  run: () => T | Promise<T>,
  codec: Codec<T> = { encode: bytesOfJson, decode: jsonOfBytes },
): Promise<T> {
  if (collective.rank > 0) {
    const error = jsonOfBytes<SentError | null>(await collective.broadcast(new Uint8Array()));
    if (error) throw received(error);
    return codec.decode(await collective.broadcast(new Uint8Array()));
  }
  let value: T;
  try {
    value = await run();
  } catch (error) {
    await collective.broadcast(bytesOfJson(sent(error)));
    throw error;
  }
  await collective.broadcast(bytesOfJson(null));
  await collective.broadcast(codec.encode(value));
  return value;
}

function sent(error: unknown): SentError {
  if (TriviumError.is(error))
    return { name: error.name, code: error.code, message: error.message, details: error.details };
  return { name: "Error", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function received({ name, code, message, details }: SentError): Error {
  if (code === undefined) return new Error(message);
  const Class = Object.hasOwn(classes, name) ? classes[name as keyof typeof classes] : TriviumError;
  return new Class(code, message, { details: details ?? {} });
}
