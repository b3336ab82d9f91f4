import type { Reason } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import { type Architecture, type ResolvedConfig, selfMaskOf, windowsOf } from "@trivium/model";

/** The windows of a configuration that the masks of an architecture do not take, a reason for each stream. */
export function ignoredWindows(architecture: Architecture, config: ResolvedConfig): Reason[] {
  return architecture.streams.flatMap((stream) => {
    const builder = selfMaskOf(architecture, stream);
    const open = builder({ prefixLengths });
    const ignored = windowsOf(config, stream).find(
      (window) => !isTaken(window, [open, builder({ prefixLengths, window })]),
    );
    if (ignored === undefined) return [];
    const message =
      `architecture "${architecture.name}" ignores the window of ${ignored} tokens that the configuration asks for` +
      ` (attention.window) in the mask of stream "${stream}"; give the mask the window, or leave it out`;
    return [{ code: "compose/ignored-window", message }];
  });
}

const prefixLengths = 3;
const sampled = Array.from({ length: 8 }, (_, index) => index);

/** Returns whether one of the first keys is hidden from a query beyond the window, or was so without it. */
function isTaken(window: number, [open, limited]: readonly [Mask, Mask]): boolean {
  const pairs = sampled.flatMap((k) => sampled.map((q) => [q + window + k, k] as const));
  const shown = pairs.filter(([q, k]) => open.visible(0, 0, q, k));
  return shown.length === 0 || shown.some(([q, k]) => !limited.visible(0, 0, q, k));
}
