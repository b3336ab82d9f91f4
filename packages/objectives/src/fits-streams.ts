import type { Reason } from "@trivium/core";

/** Whether an architecture runs exactly these streams, or the reason why the objective does not fit. */
export function fitsStreams(
  objective: string,
  streams: readonly string[],
  architecture: { readonly name: string; readonly streams: readonly string[] },
): true | Reason {
  if (architecture.streams.join() === streams.join()) return true;
  return {
    code: "objective/streams",
    message: `objective "${objective}" makes the streams [${streams.join(", ")}], and architecture "${architecture.name}" runs [${architecture.streams.join(", ")}]`,
  };
}
