import type { HubEvent } from "@trivium/hub/node";
import type { Output } from "./output.ts";
import type { Progress } from "./progress.ts";

/** Bytes of a file that comes in a moment. */
const small = 2 ** 22;

/** Returns what shows how far the download of a large file is, and notes why one waits. */
export function showDownload(output: Pick<Output, "note" | "progress">): (event: HubEvent) => void {
  let shown: { path: string; progress: Progress } | undefined;
  return (event) => {
    if (event.type === "wait") {
      output.note(`${event.reason}; trying again in ${event.seconds} s`);
      return;
    }
    const { path, done, total } = event;
    if (total < small) return;
    if (shown?.path !== path) shown = { path, progress: output.progress(`download ${path}`) };
    shown.progress.update(mebibytes(done), mebibytes(total), "MiB");
    if (done >= total) shown.progress.stop();
  };
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
