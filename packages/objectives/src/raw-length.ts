import { ConfigError } from "@trivium/core";
import type { SpecialTokens } from "@trivium/text";
import type { Corruption, Rewritten } from "./corruption.ts";
import type { Layout } from "./layout.ts";
import type { Objective } from "./objective.ts";

/**
 * The function that solves for the length of text which fills a window, or nothing where a corruption does not say how
 * long it makes a text. Each stream has at most as many positions as the window.
 *
 * @source Raffel et al. 2020; `random_spans_helper` of t5/data/preprocessors.py solves for the source alone
 */
export function rawLengthOf<R extends Rewritten>(
  name: string,
  corruption: Pick<Corruption<R>, "lengths">,
  layout: Pick<Layout<string, R>, "longest">,
): Objective["rawLength"] {
  const { lengths } = corruption;
  const { longest } = layout;
  if (!lengths || !longest) return undefined;
  return (window: number, special: SpecialTokens) => {
    const fits = (raw: number) => lengths(raw).every((each) => longest(each, special) <= window);
    let raw = 2;
    if (!fits(raw)) {
      const message = `objective "${name}" needs rows that take a text of ${raw} tokens with what it inserts, got ${window} positions; give the model a greater length`;
      throw new ConfigError("objective/window", message);
    }
    while (fits(raw + 1)) raw += 1;
    return raw;
  };
}
