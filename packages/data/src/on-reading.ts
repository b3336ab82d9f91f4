import { channel } from "node:diagnostics_channel";

/** How far the reading of a data file is. */
export interface ReadingProgress {
  readonly path: string;
  /** Bytes that are read. */
  readonly done: number;
  /** Bytes of the file; absent for a named pipe, whose writer is awaited while `done` is 0. */
  readonly total?: number | undefined;
}

const reading = channel("trivium:data:reading");

/**
 * Calls a listener while data files are read: once before the first block of a file, and after each block.
 *
 * @returns a function that ends it.
 * @example const stop = onReading(({ path, done, total }) => console.log(path, done, total));
 */
export function onReading(listener: (progress: ReadingProgress) => void): () => void {
  const receive = (message: unknown) => listener(message as ReadingProgress);
  reading.subscribe(receive);
  return () => void reading.unsubscribe(receive);
}

export const tellReading = (progress: ReadingProgress): void => {
  if (reading.hasSubscribers) reading.publish(progress);
};
