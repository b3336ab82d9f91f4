import { onReading } from "@trivium/data/node";
import type { Output } from "./output.ts";
import type { Progress } from "./progress.ts";

/** Bytes of a file that is read in a moment. */
const small = 32 * 2 ** 20;

/** Notes that the writer of a named pipe is awaited, and shows how far the reading of a large file is. */
export function showReading(output: Pick<Output, "note" | "progress">): () => void {
  let progress: Progress | undefined;
  return onReading(({ path, done, total }) => {
    if (total === undefined) {
      if (done === 0) output.note(`${path} is a named pipe; waiting for its writer`);
      return;
    }
    if (total < small) return;
    if (done === 0) progress = output.progress(`read ${path}`);
    progress?.update(mebibytes(done), mebibytes(total), "MiB");
    if (done >= total) progress?.stop();
  });
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
