import { bootstrapMean, type Effect } from "@trivium/evaluator";
import type { ArmResult, Chart, Claim, ClaimArm, ClaimRequest, Findings, FindingsTable } from "../framework/claim.ts";
import { ding2024 } from "../framework/publications.ts";
import { expectedStationaryError } from "../in-context/stationary-weights.ts";
import { type InContextNumbers, inContextArm, zeroError } from "../trained/in-context-arm.ts";
import { type InContext, inContextEffect, inContextRatio } from "../trained/in-context-effect.ts";
import { meanOf } from "../trained/mean-of.ts";
import { planSeeds, repeated, resultsOf, type SeededArms } from "../trained/seeded-arms.ts";
import { type ConstructedNumbers, constructedArm } from "./constructed-arm.ts";

const architectures = ["causal", "prefix"] as const;

const kinds = ({ preset }: ClaimRequest): SeededArms[] =>
  architectures.map((architecture) => ({
    name: architecture,
    arm: (seed) => inContextArm({ architecture, preset, seed }),
  }));

/** The claim that a causal model learns in context suboptimally. */
export const inContextLearning = (): Claim => ({
  statement:
    "A causal model learns in context suboptimally: examples in the context cannot see those that come after them.",
  evidence: [
    ding2024(
      "for",
      "Softmax transformers of 24 layers trained on linear regression: squared error on queries 8.6e-3 with the prefix mask, 1.9e-1 with the causal one (layers shared), 2.5e-3 and 1.6e-2 (layers of their own).",
    ),
    ding2024(
      "for",
      "Constructed linear attention: under the prefix mask the error falls linearly to least squares, under the causal mask it stops at online gradient descent, whatever the depth.",
    ),
    ding2024(
      "for",
      "Decoders pretrained on text and tuned on FLAN, MMLU with five examples: 28.8, 32.0 and 39.5 with the prefix mask, 28.0, 26.9 and 30.5 with the causal one, in three sizes.",
    ),
  ],
  measure:
    "Squared error on queries of in-context linear regression, the causal mask against the prefix mask, nothing else differing. First softmax transformers trained on the same sequences (d 4, 10 examples, 4 layers of width 64), paired by seed and sequence; then linear attention with constructed weights (d 16, 40 examples, 50 layers), where nothing is trained.",
  expected:
    "The construction leaves 0.4 under the causal mask and next to nothing under the prefix mask. Trained, the papers' ratios are 6 to 22 at 24 layers; less at this size.",
  plan: (request) => {
    const trained = planSeeds(kinds(request), request);
    return [constructedArm({ sequences: 512, checked: 64 }), ...trained, repeated(trained[0] as ClaimArm)];
  },
  analyse: ([constructed, ...trained], request) =>
    findings((constructed as ArmResult<ConstructedNumbers>).numbers, trained, request),
});

function findings(constructed: ConstructedNumbers, arms: readonly ArmResult[], request: ClaimRequest): Findings {
  const of = resultsOf(kinds(request), arms, request)<InContextNumbers>;
  const [causal, prefix] = [of("causal"), of("prefix")];
  const again = [arms.at(-1) as ArmResult<InContextNumbers>];
  return {
    effects: [
      inContextRatio("trained: query error, ln(causal ÷ prefix)", causal, prefix),
      lastLayer(constructed),
      inContextEffect("trained: query error, causal − prefix", causal, prefix),
      inContextEffect("the same arm twice (A/A)", causal.slice(0, 1), again),
    ],
    tables: [trainedTable([...causal, ...prefix]), layerTable(constructed), stationaryTable(constructed)],
    charts: [layerChart(constructed), stationaryChart(constructed)],
    notes: [
      "A token is a whole example, as in the paper, and queries see examples alone, neither themselves nor one another. In a text, where x and y are tokens of their own, a causal model is also to find out which y belongs to which x.",
      `The construction is linear attention without a softmax, run through our masks; from the recursion in float64 its mean errors differ by at most ${constructed.fromFloat64.toExponential(1)} of their size.`,
      `The construction's limit is of linear attention. At d 4 and 10 examples it is ${expectedStationaryError({ width: 4, examples: 10 }).toFixed(3)} on average; the trained causal arms, with softmax, reach ${meanOf(errorsOf(causal).map(meanOf)).toFixed(3)}.`,
      "Where the causal construction stops is online gradient descent without a decaying step: d/3 · (1 − 1/d)ⁿ on average for inputs around 0. Means over the paper's 64 sequences are uncertain by a tenth.",
      "The trained arms also decide the claim prefix-use: of the two, one follows from the other. Their difference is small beside the error of answering 0, as both arms have learned the task.",
      "Both arms have the same parameters and the same sequences; a causal model of text is also trained on everything before the query, which is not measured here. Nothing is said of models that were trained with another mask than they are asked with.",
    ],
  };
}

const errorsOf = (arms: InContext) => arms.map(({ numbers }) => numbers.errors);

const lastLayer = ({ last }: ConstructedNumbers): Effect => ({
  name: "constructed: query error after 50 layers, causal − prefix",
  unit: "squared error",
  smallest: 0.01,
  ...bootstrapMean(last.causal.map((error, at) => error - (last.prefix[at] as number))),
  method: `paired bootstrap over ${last.causal.length} sequences; of each sequence the errors are exact`,
});

const trainedTable = (arms: InContext): FindingsTable => ({
  title: `Trained: squared error on the queries of held-out sequences (of answering 0: ${zeroError.toFixed(2)})`,
  columns: ["arm", "parameters", "mean", "median"],
  rows: arms.map(({ name, numbers: { parameters, errors } }) => [
    ...[name, parameters, meanOf(errors)],
    errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)] as number,
  ]),
});

const layerTable = ({ layers }: ConstructedNumbers): FindingsTable => ({
  title: "Constructed: squared error on the queries by layer, mean over sequences",
  columns: ["layers", "prefix", "causal"],
  rows: [1, 2, 5, 10, 20, 30, 50].map((layer) => {
    const [prefix, causal] = [layers.prefix[layer], layers.causal[layer]] as [number, number];
    return [layer, prefix, causal];
  }),
});

const stationaryTable = ({ stationary }: ConstructedNumbers): FindingsTable => ({
  title: "Constructed: where the causal mask stops, from the closed-form weights",
  columns: ["inputs and examples", "mean of inputs", "examples", "squared error", "expected, d/3 · (1 − 1/d)ⁿ"],
  rows: stationary.map(({ mean, examples, error, expected }) => {
    const name = `μ ${mean}, n ${examples}`;
    return [name, mean, examples, error, expected];
  }),
});

const layerChart = ({ layers }: ConstructedNumbers): Chart => ({
  title: "Constructed linear attention: error by layer",
  x: { title: "layers" },
  y: { title: "squared error on queries", scale: "log" },
  series: architectures.map((name) => ({ name, points: layers[name].map((y, x) => ({ x, y })) })),
});

const stationaryChart = ({ stationary }: ConstructedNumbers): Chart => ({
  title: "Where the causal mask stops",
  x: { title: "examples" },
  y: { title: "squared error on queries", scale: "log" },
  series: Array.from(
    Map.groupBy(stationary, ({ mean }) => mean),
    ([mean, points]) => ({
      name: `inputs around ${mean}`,
      points: points.map(({ examples, error }) => ({ x: examples, y: error })),
    }),
  ),
});
