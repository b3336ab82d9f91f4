import type { AttentionKernel } from "@trivium/attention";
import {
  and,
  causal as causalMask,
  custom,
  full,
  type Mask,
  not,
  or,
  prefix as prefixMask,
  window,
} from "@trivium/masks";
import type { Architecture } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { type Collate, causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import type { LeakKind } from "../leak-kinds.ts";
import {
  altered,
  filling,
  forgetful,
  inPrefix,
  isPackedOf,
  leftRows,
  lengths,
  noSource,
  openEverySecond,
  openPadding,
  packedRows,
  remasked,
  shifted,
  single,
} from "./mistakes.ts";

export interface SetUp {
  readonly architecture: Architecture;
  readonly objective: Objective;
  readonly kernel?: AttentionKernel;
  readonly collate?: Collate;
  readonly layers?: number;
}

interface Plant extends SetUp {
  readonly name: string;
  readonly kinds: readonly LeakKind[];
  /** True if the masks alone show the leak too. */
  readonly byMasks: boolean;
}

export const prefixArm = { architecture: prefix, objective: prefixLm() };
const causalArm = { architecture: causal, objective: causalLm({ loss: "target" }) };
export const pairArm = { architecture: encoderDecoder, objective: seq2seq() };

const inKernels: readonly Plant[] = [
  {
    name: "pitfall 2: a finite fill makes a row that sees nothing uniform over padding",
    ...pairArm,
    kernel: filling(-1e9),
    collate: noSource,
    kinds: ["padding"],
    byMasks: false,
  },
  {
    name: "pitfall 3: a fill that real logits beat (FlashInfer#4401)",
    ...causalArm,
    kernel: filling(-3),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "pitfall 6: the wrong polarity shows what should be hidden",
    ...causalArm,
    kernel: remasked((mask) => not(mask)),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "pitfall 6: an architecture of the wrong polarity",
    ...prefixArm,
    architecture: single(() => not(causalMask())),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 7: padding opened again by a prefix that is OR-ed after it (transformers#35855)",
    ...prefixArm,
    collate: leftRows,
    kernel: remasked((mask) => or(mask, prefixMask({ lengths: 3 }))),
    kinds: ["padding"],
    byMasks: false,
  },
  {
    name: "pitfall 7: documents opened again by a prefix that is OR-ed after them",
    ...prefixArm,
    collate: packedRows,
    kernel: remasked((mask) => or(mask, prefixMask({ lengths: 9 }))),
    kinds: ["label", "future", "document"],
    byMasks: false,
  },
  {
    name: "pitfall 8: a mask that never reaches attention (transformers#39389)",
    ...causalArm,
    kernel: remasked(() => full()),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "an additive mask that is multiplied by a window, so that every other layer sees all (transformers#31673)",
    ...causalArm,
    kernel: openEverySecond(),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
  {
    name: "pitfall 9: positions that restart, and nothing else, to isolate packed documents (transformers#46634)",
    ...causalArm,
    collate: packedRows,
    kernel: remasked(() => causalMask()),
    kinds: ["document"],
    byMasks: false,
  },
  {
    name: "pitfall 9: packed rows that forgot their documents",
    ...causalArm,
    collate: forgetful,
    kinds: ["document"],
    byMasks: false,
  },
];

const inPrefixes: readonly Plant[] = [
  {
    name: "pitfall 10: a prefix that counts the first target token",
    ...prefixArm,
    objective: altered(prefixLm(), (row) => ({ ...row, prefixLength: row.prefixLength + 1 })),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "pitfall 11: loss on the whole sequence under a prefix mask",
    ...prefixArm,
    objective: causalLm({ loss: "all" }),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 12: a detour over a prefix query that sees everything",
    ...prefixArm,
    architecture: single(() =>
      or(
        causalMask(),
        custom("first", (_b, _h, q) => q === 0),
      ),
    ),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 13: tokens of the target join the prefix (LlamaFactory#9135, transformers#31425)",
    ...prefixArm,
    objective: altered(prefixLm(), (row) => ({ ...row, prefixLength: row.targets.length })),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 15: a prefix in physical slots of rows padded left, so longer than the logical one",
    ...prefixArm,
    collate: leftRows,
    architecture: single((context) =>
      or(prefixMask({ lengths: lengths(context).map((p, row) => p + 2 * row) }), causalMask()),
    ),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "an all-ones 4-D mask (transformers#30918, unsloth-zoo#963)",
    ...prefixArm,
    architecture: single(() => full()),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "prefix queries that see all, targets that do not see the prefix (sonar#1526)",
    ...prefixArm,
    layers: 3,
    architecture: single(() => or(inPrefix, and(not(prefixMask({ lengths: 3 })), causalMask()), window({ left: 0 }))),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "a span seen in both directions that runs on into the target (transformers#38053)",
    ...prefixArm,
    architecture: single((context) =>
      or(
        prefixMask({ lengths: lengths(context) }),
        causalMask(),
        custom("span", (_b, _h, q, k) => Math.min(q, k) >= 4 && Math.max(q, k) <= 5),
      ),
    ),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "the prefix of row 0 for every row (attention-gym#98)",
    ...prefixArm,
    architecture: single((context) => or(prefixMask({ lengths: lengths(context)[0] as number }), causalMask())),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "attention in both directions, meant for another variant of the model (llama.cpp#28318)",
    ...causalArm,
    architecture: { ...causal, selfMask: () => full() },
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "pitfall 5: a mask for rows with a cached key before them, on rows without (attention-gym#31, #34)",
    ...causalArm,
    architecture: { ...causal, selfMask: () => causalMask({ offset: 1 }) },
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "a prefill without a causal mask, which decoding token by token hides (mlxcel#998)",
    ...causalArm,
    kernel: remasked((mask, { query }) => (query.shape[2] > 1 ? full() : mask)),
    kinds: ["label", "future", "padding"],
    byMasks: false,
  },
];

const inLabelsAndPairs: readonly Plant[] = [
  {
    name: "labels that were never shifted",
    ...causalArm,
    objective: shifted(causalLm({ loss: "target" }), 1),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "pitfall 22: a decoder without its start token reads what it predicts",
    ...pairArm,
    objective: altered(seq2seq(), (row) => ({
      ...row,
      streams: { ...row.streams, target: [...(row.streams.target as number[]).slice(1), 3] },
    })),
    kinds: ["label"],
    byMasks: true,
  },
  {
    name: "a decoder that sees its whole target",
    ...pairArm,
    architecture: { ...encoderDecoder, selfMask: () => full() },
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "cross-attention to the target: an answer that was left in the source",
    ...pairArm,
    objective: altered(seq2seq(), (row) => ({
      ...row,
      streams: { ...row.streams, source: [...(row.streams.source as number[]), ...row.targets] },
    })),
    kinds: ["label", "future"],
    byMasks: true,
  },
  {
    name: "the source's padding, seen by the encoder and by cross-attention (transformers#36293, #36338)",
    ...pairArm,
    kernel: remasked(openPadding),
    kinds: ["padding"],
    byMasks: false,
  },
  ...[
    { site: "encoder", is: (mask: Mask) => isPackedOf(mask, "full"), instead: full },
    { site: "decoder", is: (mask: Mask) => isPackedOf(mask, "causal"), instead: causalMask },
    { site: "cross-attention", is: (mask: Mask) => isPackedOf(mask, "full", true), instead: full },
  ].map(
    ({ site, is, instead }): Plant => ({
      name: `pitfall 27: packed pairs without documents in the ${site}`,
      ...pairArm,
      collate: packedRows,
      kernel: remasked((mask) => (is(mask) ? instead() : mask)),
      kinds: site === "decoder" ? ["document"] : ["document", "padding"],
      byMasks: false,
    }),
  ),
];

/** Known mistakes of kernels, masks, objectives and collations, with the kinds of leaks that each one makes. */
export const plantedLeaks: readonly Plant[] = [...inKernels, ...inPrefixes, ...inLabelsAndPairs];
