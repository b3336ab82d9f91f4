import { assertSealed } from "@trivium/attention";
import { UnsupportedError } from "@trivium/core";
import { type Architecture, selfMaskOf } from "@trivium/model";

/**
 * Returns the reason why the keys and values of a source are not right once the source grows, in the words of the guard that
 * decoding asks, or null if they stay right.
 *
 * @param stored - how many positions are held.
 * @param added - how many follow.
 * @example whyRecompute(causal, 3, 2) // => null
 */
export function whyRecompute(architecture: Architecture, stored: number, added: number): string | null {
  const [stream, ...others] = architecture.streams as [string, ...string[]];
  try {
    assertSealed(selfMaskOf(architecture, stream)({ prefixLengths: stored + added }), [stored], [added]);
  } catch (error) {
    if (UnsupportedError.is(error, "attention/sealed-prefix")) return error.message;
    throw error;
  }
  return others.length === 0 ? null : `decoding appends to the stream ${others.at(-1)}, and not to ${stream}`;
}
