import type { ModelInput } from "@trivium/features";
import type { Mask } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "../architecture.ts";

/**
 * Whether position `from` of stream `stream` can influence position `to` of the predicting stream, in a model of any
 * depth ≥ 2: the closure of the masks themselves, so that the oracle is not the code under test.
 */
export function isReachable(
  architecture: Architecture,
  input: ModelInput,
  { stream, from, to, row }: { stream: string; from: number; to: number; row: number },
): boolean {
  const context = { prefixLengths: input.prefixLengths };
  const predicting = architecture.streams.at(-1) as string;
  const within = (name: string) => closure(selfMaskOf(architecture, name)(context), lengthOf(input, name, row), row);
  const target = within(predicting);
  if (stream === predicting) return target[from]?.has(to) ?? false;
  const cross = (architecture.crossMask as NonNullable<Architecture["crossMask"]>)(context);
  const source = within(stream);
  for (let key = 0; key < lengthOf(input, stream, row); key++) {
    if (!source[from]?.has(key)) continue;
    for (let query = 0; query < target.length; query++) {
      if (cross.visible(row, 0, query, key) && target[query]?.has(to)) return true;
    }
  }
  return false;
}

const lengthOf = (input: ModelInput, stream: string, row: number) => input.streams[stream]?.lengths[row] ?? 0;

/** For each position, the positions that it influences after any number of layers. */
function closure(mask: Mask, length: number, row: number): Set<number>[] {
  const influences = Array.from({ length }, (_, key) => new Set([key]));
  let changed = true;
  while (changed) {
    changed = false;
    for (const reached of influences) {
      for (const key of [...reached]) {
        for (let query = 0; query < length; query++) {
          if (reached.has(query) || !mask.visible(row, 0, query, key)) continue;
          reached.add(query);
          changed = true;
        }
      }
    }
  }
  return influences;
}
