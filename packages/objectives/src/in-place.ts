import type { InPlaceExample } from "./corruption.ts";
import type { Layout, MaskedStreams } from "./layout.ts";

/**
 * Returns the layout of an encoder: one stream in the source's frame, all of it prefix, in which each position predicts
 * the label at the same position. It fits architectures whose positions see the whole row.
 *
 * @source Devlin et al. 2019, §3.1, https://arxiv.org/abs/1810.04805
 */
export const inPlace = (): Layout<"tokens", InPlaceExample> => ({
  name: "in-place",
  streams: ["tokens"],
  supports: (architecture) =>
    seesAll(architecture) || {
      code: "objective/masks",
      message: `it predicts tokens in their place, and architecture "${architecture.name}" hides what follows them`,
    },
  longest: ({ source }, { frame }) => source + (frame.source?.before.length ?? 0) + (frame.source?.after.length ?? 0),
  features({ ids, labels, weights }, { frame: { source } }) {
    const [before, after] = [source?.before ?? [], source?.after ?? []];
    const tokens = [...before, ...ids, ...after];
    return {
      streams: { tokens },
      prefixLength: tokens.length,
      targets: [...before, ...labels, ...after],
      lossWeights: [...before.map(() => 0), ...weights, ...after.map(() => 0)],
    };
  },
});

/** Whether a row that is all prefix sees itself in both directions. */
function seesAll({ streams, selfMask }: MaskedStreams): boolean {
  const builder = typeof selfMask === "function" ? selfMask : selfMask[streams.at(-1) as string];
  return builder?.({ prefixLengths: 3 }).visible(0, 0, 0, 2) ?? false;
}
