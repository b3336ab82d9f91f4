import { createSealedPrefixCache } from "@trivium/attention";
import { UnsupportedError } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { type Tensor4D, tf } from "@trivium/tensor";

/**
 * Tells if the keys and values of a source stay right when the source grows. The cache itself answers: it refuses
 * positions that the stored ones should have seen.
 *
 * @param stored - how many positions the cache holds.
 * @param added - how many follow.
 * @returns null if they do, else the reason.
 */
export function whyRecompute(architecture: Architecture, stored: number, added: number): string | null {
  const [stream, ...others] = architecture.streams as [string, ...string[]];
  const mask = selfMaskOf(architecture, stream)({ prefixLengths: stored + added });
  let refused: string | null = null;
  tf.tidy(() => {
    refused = refusal(stored, added, mask);
  });
  if (refused !== null || others.length === 0) return refused;
  return `decoding appends to the stream ${others.at(-1)}, and not to ${stream}`;
}

/** Returns the cache's refusal of positions that follow the stored ones, or null. */
function refusal(stored: number, added: number, mask: Mask): string | null {
  const entry = (start: number, length: number) => {
    const empty = tf.zeros([1, 1, length, 1]) as Tensor4D;
    return { key: empty, value: empty, positions: [Array.from({ length }, (_, at) => start + at)] };
  };
  const cache = createSealedPrefixCache(entry(0, stored));
  try {
    cache.extend({ ...entry(stored, added), mask }).dispose();
    return null;
  } catch (error) {
    cache.dispose();
    if (UnsupportedError.is(error, "attention/sealed-prefix")) return error.message;
    throw error;
  }
}
