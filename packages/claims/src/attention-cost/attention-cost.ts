import type { ArmResult, Chart, Claim, Findings, FindingsTable } from "../framework/claim.ts";
import { countedEffect } from "../framework/counted-effect.ts";
import { publication } from "../framework/publications.ts";
import { kernelTimes, type TimedCase, type TimedCases, timeName } from "./kernel-times.ts";
import { type PairCount, pairCounts } from "./pair-counts.ts";

const architectures = ["causal", "prefix", "encoder-decoder"];
const shares = [0, 0.25, 0.5, 0.75, 1];
const model = { vocabulary: 256, width: 256, layers: 6, heads: 4 };

const counted = publication("Counted; masks after Raffel et al. 2020, figure 4", "https://arxiv.org/abs/1910.10683");

/** The claim that a prefix language model's attention costs more in training than a causal one's. */
export const attentionCost = (): Claim => ({
  statement: "A prefix language model's attention can cost more in training than a causal one's.",
  evidence: [
    counted(
      "both",
      "A bidirectional prefix adds p(p − 1)/2 visible pairs to the n(n + 1)/2 of causal attention; no paper was found that measured what they cost.",
    ),
  ],
  measure:
    "Pairs of positions that attend to one another, counted from the masks, and the FLOPs of a training step that skips hidden pairs; beside them the measured time of the attention kernel in use, forward and backward.",
  expected:
    "A kernel that skips nothing costs the same. One that skips hidden pairs spends up to twice as much on attention as the prefix grows to the whole row; of a whole step that is less than a tenth while rows are shorter than the model is wide.",
  plan: ({ preset }) => {
    const lengths = preset === "quick" ? [64, 256, 1024] : [64, 128, 256, 512, 1024, 2048];
    const timed = { lengths: lengths.filter((length) => length >= 256), shares: shares.slice(1) };
    const size = { heads: 4, headWidth: 64, rows: 4, repetitions: preset === "quick" ? 3 : 10 };
    return [pairCounts({ architectures, lengths, shares, model }), kernelTimes({ ...timed, ...size })];
  },
  analyse: ([counts, times]) => findings((counts as ArmResult<PairCount[]>).numbers, times as ArmResult<TimedCases>),
});

function findings(counts: readonly PairCount[], timed: ArmResult<TimedCases>): Findings {
  const row = (length: number, share: number) =>
    counts.find((count) => count.length === length && count.share === share) as PairCount;
  const longest = Math.max(...counts.map(({ length }) => length));
  const half = row(longest, 0.5);
  const more = (values: Readonly<Record<string, number>>) => ratio(values, "prefix") - 1;
  const effect = (name: string, value: number, smallest: number) =>
    countedEffect({ name, value, smallest, unit: "share of the causal cost" });
  return {
    effects: [
      effect(`attention in training, prefix of half a row of ${longest} − causal`, more(half.attention), 0.05),
      effect("attention, prefix of the whole row − causal", more(row(longest, 1).attention), 0.05),
      effect("a whole step at 256 tokens and width 256, prefix of half a row − causal", more(row(256, 0.5).total), 0.1),
      effect("pairs, encoder–decoder − prefix, half a row", ratio(half.pairs, "encoder-decoder", "prefix") - 1, 0.01),
    ],
    tables: [pairTable(counts), timeTable(timed)],
    charts: [pairChart(counts), timeChart(timed)],
    notes: [
      "A kernel that skips nothing spends the same under every mask: the effects are of one that skips all hidden pairs, the least that the mask leaves to be done.",
      "Times are of this machine and kernel, the fastest of each mask's runs, the causal mask first in every turn. They need not follow the pairs: what a kernel spends beside them, most of it in short rows, is not counted.",
      "An encoder–decoder sees the same pairs as a prefix model, but in stacks of their own and with projections for cross-attention.",
    ],
  };
}

const ratio = (values: Readonly<Record<string, number>>, of: string, to = "causal"): number =>
  (values[of] as number) / (values[to] as number);

const pairTable = (counts: readonly PairCount[]): FindingsTable => ({
  title: "Visible pairs of one layer, and training FLOPs against causal",
  columns: [
    ...["row", "tokens", "source", "causal", "prefix", "encoder–decoder"],
    ...["attention FLOPs, prefix ÷ causal", "step FLOPs, prefix ÷ causal"],
  ],
  rows: counts.map(({ length, share, pairs, attention, total }) => [
    `${length} tokens, ${share * 100} % source`,
    ...[length, share],
    ...architectures.map((name) => pairs[name] as number),
    ...[ratio(attention, "prefix"), ratio(total, "prefix")],
  ]),
});

/** Returns the seconds of a case, and their ratio to those under the causal mask at the same length. */
function timesOf({ times = {} }: ArmResult<TimedCases>, { mask, length }: TimedCase) {
  const [seconds, causal] = [mask, "causal"].map((name) => times[timeName(name, length)]) as [number, number];
  return { seconds, ratio: seconds / causal };
}

const timeTable = (timed: ArmResult<TimedCases>): FindingsTable => ({
  title: "Measured: the attention kernel, forward and backward",
  columns: ["mask", "visible share", "milliseconds", "÷ causal"],
  rows: timed.numbers.map((one) => {
    const { seconds, ratio } = timesOf(timed, one);
    return [timeName(one.mask, one.length), one.density, seconds * 1000, ratio];
  }),
  timed: true,
});

/** Returns a line for each length. */
const byLength = <One extends { readonly length: number }>(
  all: readonly One[],
  point: (one: One) => { x: number; y: number },
): Chart["series"] =>
  Array.from(
    Map.groupBy(all, ({ length }) => length),
    ([length, own]) => ({
      name: `${length} tokens`,
      points: own.map(point),
    }),
  );

const timeChart = (timed: ArmResult<TimedCases>): Chart => ({
  title: "Measured: time of the attention kernel, ÷ causal",
  x: { title: "share of all pairs that is visible" },
  y: { title: "seconds forward and backward, ÷ causal" },
  series: byLength(timed.numbers, (one) => ({ x: one.density, y: timesOf(timed, one).ratio })),
  timed: true,
});

const pairChart = (counts: readonly PairCount[]): Chart => ({
  title: "Attention in training, prefix ÷ causal",
  x: { title: "share of the row that is prefix" },
  y: { title: "FLOPs over visible pairs, prefix ÷ causal" },
  series: byLength(counts, ({ share, attention }) => ({ x: share, y: ratio(attention, "prefix") })),
});
