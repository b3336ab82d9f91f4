import { createRandom } from "@trivium/core";
import { causalLm, prefixLm } from "@trivium/objectives";
import { reservedSpecials } from "@trivium/text";
import type { ClaimArm } from "../framework/claim.ts";

/** Supervised tokens of texts of one length: all but the first in causal, those behind the cut in prefix. */
export type SplitCounts = {
  readonly length: number;
  readonly draws: number;
  readonly causal: number;
  readonly prefix: number;
};

/** Counts how many tokens of texts carry loss under each objective, cut at random as in training. */
export const splitCounts = (length: number, draws: number): ClaimArm<SplitCounts> => ({
  name: "supervised tokens of a text",
  configuration: { type: "prefix-supervision/splits", version: 1, length, draws },
  async *run() {
    const random = createRandom("splits");
    const tokens = Array.from({ length }, () => 5);
    const supervised = (objective: ReturnType<typeof causalLm | typeof prefixLm>, draw: number) =>
      objective
        .features({ tokens }, { special: reservedSpecials(), random: random.split(draw) })
        .lossWeights.filter((weight) => weight > 0).length;
    let [causal, prefix] = [0, 0];
    for (let draw = 0; draw < draws; draw++) {
      causal += supervised(causalLm(), draw);
      prefix += supervised(prefixLm(), draw);
    }
    yield { done: 1, total: 1 };
    return { numbers: { length, draws, causal, prefix } };
  },
});
