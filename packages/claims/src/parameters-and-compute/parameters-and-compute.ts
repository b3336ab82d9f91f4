import type { Effect } from "@trivium/evaluator";
import type { ArmResult, Claim, Findings, FindingsTable } from "../framework/claim.ts";
import { countedEffect } from "../framework/counted-effect.ts";
import { publication, raffel2020, redLlm2025, wang2022 } from "../framework/publications.ts";
import { type SizeCount, sizeCounts } from "./size-counts.ts";
import { phaseName, sizeTimes, type TimedSizes, timedPhases } from "./size-times.ts";
import type { SizeShape, SizeVariantName } from "./size-variants.ts";

const t5 = { vocabulary: 32_128, norm: "rms", positions: "t5", biases: false } as const;

const wang: SizeShape = {
  name: "Wang et al. 2022",
  model: { ...t5, length: 626, width: 4096, layers: 24, heads: 64, feedForward: 10_240, activation: "geglu" },
  lengths: { source: 313, target: 313 },
};

const t5Base: SizeShape = {
  name: "T5-base",
  model: { ...t5, length: 512, width: 768, layers: 12, heads: 12, feedForward: 3072, activation: "relu" },
  lengths: { source: 256, target: 256 },
};

const small = (source: number, target: number): SizeShape => ({
  name: `width 256, ${source} + ${target} tokens`,
  model: { vocabulary: 256, length: source + target, width: 256, layers: 6, heads: 4 },
  lengths: { source, target },
});

const timed = small(128, 128);
const shapes = [wang, t5Base, small(16, 240), timed, small(240, 16)];

const timedVariants: readonly SizeVariantName[] = [
  "encoder–decoder",
  "encoder–decoder, half the depth",
  "causal, same depth",
  "causal, same parameters",
  "causal, same FLOPs",
];

const returnOfTheEncoder = publication("Return of the Encoder, 2025", "https://arxiv.org/abs/2501.16273", "abstract");

/** The claim that an encoder–decoder has more parameters and needs more compute. */
export const parametersAndCompute = (): Claim => ({
  statement: "An encoder–decoder has more parameters and needs more compute.",
  evidence: [
    raffel2020("§3.2 and table 2")(
      "both",
      "An encoder–decoder of two stacks has 2P parameters and costs M, as a language model of one stack does.",
    ),
    wang2022("§3 and table 1")(
      "for",
      "11.0 billion parameters against 4.8 billion at equal depth, with about 10 % more compute.",
    ),
    redLlm2025(
      "against",
      "At equal parameters an encoder–decoder costs about half the training FLOPs of a decoder-only model.",
    ),
    returnOfTheEncoder(
      "against",
      "At up to a billion parameters, 47 % lower latency of the first token and 4.7 times the throughput on edge devices.",
    ),
  ],
  measure:
    "Parameters, FLOPs of training on a pair and bytes of cached keys and values, counted from the shapes: at equal depth of each stack, at equal parameters and at equal FLOPs, for the sizes of the papers and for one that is run; for that one also the time of a step, of prefill and of decoding.",
  expected:
    "At equal depth both halves hold: more than twice the parameters of a stack, a tenth to a sixth more FLOPs. At equal parameters the second is reversed: about half the FLOPs.",
  plan: ({ preset }) => [
    sizeCounts(shapes),
    sizeTimes({
      shape: timed,
      variants: timedVariants,
      ...(preset === "quick" ? { rows: 8, repetitions: 3 } : { rows: 16, repetitions: 10 }),
    }),
  ],
  analyse: ([counts, times]) => findings((counts as ArmResult<SizeCount[]>).numbers, times as ArmResult<TimedSizes>),
});

/** The smallest difference that matters: a twentieth of a size or a cost. */
const smallest = 0.05;

function findings(counts: readonly SizeCount[], times: ArmResult<TimedSizes>): Findings {
  const find = (variant: SizeVariantName, shape = wang) =>
    counts.find((count) => count.shape === shape.name && count.variant === variant) as SizeCount;
  const more = (measure: Measure, than: SizeVariantName, of: SizeVariantName = "encoder–decoder", shape = wang) =>
    find(of, shape)[measure] / find(than, shape)[measure] - 1;
  const effect = (name: string, value: number): Effect =>
    countedEffect({ name, value, smallest, unit: "share of the causal model's" });
  const [depth, size, cost] = ["causal, same depth", "causal, same parameters", "causal, same FLOPs"] as const;
  const [parameters, flops] = [more("parameters", depth), more("trainingFlops", depth)];
  return {
    effects: [
      // The statement joins two with "and", of stacks that are equally deep: the lesser decides.
      effect(
        "the lesser of more parameters and more FLOPs, encoder–decoder − causal at equal depth",
        Math.min(parameters, flops),
      ),
      effect("parameters, encoder–decoder − causal at equal depth", parameters),
      effect("training FLOPs, encoder–decoder − causal at equal depth", flops),
      effect(`the same at the size of ${t5Base.name}`, more("trainingFlops", depth, "encoder–decoder", t5Base)),
      effect("training FLOPs, encoder–decoder − causal at equal parameters", more("trainingFlops", size)),
      effect("parameters, encoder–decoder − causal at equal FLOPs", more("parameters", cost)),
      effect(
        "parameters, encoder–decoder with shared stacks − causal at equal depth",
        more("parameters", depth, "encoder–decoder, shared stacks"),
      ),
      effect(
        "training FLOPs, encoder–decoder of half the depth − causal",
        more("trainingFlops", depth, "encoder–decoder, half the depth"),
      ),
      effect("bytes of cached keys and values, encoder–decoder − causal at equal parameters", more("cacheBytes", size)),
    ],
    tables: [paperTable(find), sizeTable(counts), timeTable(times)],
    charts: [],
    notes: [
      `Effects are counted at the size of ${wang.name}, with ${wang.lengths.source} source and ${wang.lengths.target} target tokens, unless they say otherwise; the table has the other sizes. At that of ${t5Base.name} the FLOPs grow by less than would matter, and the statement would not be supported.`,
      "Each token passes one of the two stacks, so parameters double and FLOPs do not; what they grow by is cross-attention, 14/12 of the matrices of a layer with a feed-forward network of four widths.",
      "The causal model's head is counted at every position, the encoder–decoder's at the target's only. Where the vocabulary is large beside the model, as in T5-base, that saves about what cross-attention costs; T5 calls both costs M.",
      "FLOPs are of matrix products and visible pairs. Parameters are matched by whole layers, then by the feed-forward width, to within a hundredth.",
      "Shared stacks keep matrices of their own for cross-attention here, so they have more than P parameters; T5 counts them as P.",
      "Cached bytes are float32, of one pair at the end of its decoding. Models of equal depth hold equally many.",
      "Times are of fresh models on this machine: a step is forward and backward without the optimiser. Prefill of an encoder–decoder runs the source through the encoder and projects it for each cross-attention.",
    ],
  };
}

type Measure = "parameters" | "trainingFlops" | "cacheBytes";

function paperTable(find: (variant: SizeVariantName, shape: SizeShape) => SizeCount): FindingsTable {
  const row = (shape: SizeShape, variant: SizeVariantName, paper: string) => {
    const { matrices, parameters } = find(variant, shape);
    return [`${shape.name}, ${variant}`, matrices, parameters, paper];
  };
  return {
    title: "Our counter at the papers' sizes",
    columns: ["model", "matrices and embeddings", "with norms and biases", "paper"],
    rows: [
      row(wang, "encoder–decoder", "11.0 billion"),
      row(wang, "causal, same depth", "4.8 billion"),
      row(t5Base, "encoder–decoder", "2P"),
      row(t5Base, "prefix, same depth", "P"),
    ],
  };
}

const sizeTable = (counts: readonly SizeCount[]): FindingsTable => ({
  title: "Encoder–decoders and the single stacks that match them",
  columns: [
    ...["model", "layers of a stack", "feed-forward width", "parameters", "GFLOPs of training on a pair"],
    "cached bytes",
  ],
  rows: counts.map(({ shape, variant, layers, feedForward, parameters, trainingFlops, cacheBytes }) => {
    const name = `${shape}: ${variant}`;
    return [name, layers, feedForward, parameters, trainingFlops / 1e9, cacheBytes];
  }),
});

const timeTable = ({ numbers, times = {}, configuration: { rows } }: ArmResult<TimedSizes>): FindingsTable => ({
  title: `Measured: ${timed.name}`,
  columns: [
    ...["model", "parameters", "step, ms", "prefill, ms", "decoding, ms for a token of each row"],
    ...["tokens decoded per second", "cached bytes"],
  ],
  rows: numbers.map(({ variant, parameters, cacheBytes }) => [
    variant,
    parameters,
    ...timedPhases.map((phase) => (times[phaseName(variant, phase)] as number) * 1000),
    Number(rows) / (times[phaseName(variant, "decode")] as number),
    cacheBytes,
  ]),
  timed: true,
});
