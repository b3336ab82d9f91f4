import {
  type ArmResult,
  type ClaimArm,
  type ClaimRequest,
  type FindingsTable,
  type TrainingNumbers,
  trainingArm,
} from "@trivium/evaluator";

/** Loss on the target's tokens for all. An encoder–decoder's six layers lie better in the encoder, which sees the word whole. */
const kinds = {
  causal: { architecture: "causal", objective: { name: "causal-lm", options: { loss: "target" } }, layers: 3 },
  prefix: { architecture: "prefix", objective: { name: "prefix-lm" }, layers: 3 },
  "encoder–decoder": {
    architecture: "encoder-decoder",
    objective: { name: "seq2seq" },
    layers: { source: 4, target: 2 },
  },
} as const;

/** Positions and optimiser were chosen for the encoder–decoder, by the loss on the validation part after 51,200 words. */
const model = {
  ...({ width: 256, heads: 8, feedForward: 704, activation: "swiglu" } as const),
  ...({ norm: "rms", positions: "learned", restartPositions: true, dropout: 0.05 } as const),
};

const settings = {
  dataset: { name: "cmudict" },
  ...{ steps: 4000, batch: 256, packing: 64, optimizer: "muon", learningRate: 3e-3, weightDecay: 0.1 },
  // Settings may be chosen on the validation part, never on this one.
  evaluation: { part: "test", beam: 4 },
} as const;

/**
 * What the three reach on CMUdict where they are trained for long: one seed, the same words in the same order, and no
 * part of a verdict. `quick` has none.
 */
export const longRuns = ({ preset, seeds }: ClaimRequest): ClaimArm<TrainingNumbers>[] =>
  (preset === "full" ? Object.entries(kinds) : []).map(([kind, { layers, ...how }]) =>
    trainingArm({
      ...{ name: `CMUdict, the long run: ${kind}`, ...how, ...settings },
      ...{ model: { ...model, layers }, seed: seeds[0] as number },
    }),
  );

/** WER of others without stress, as https://github.com/cmusphinx/g2p-seq2seq has them. */
const published = [
  ["published, Phonetisaurus, split of PRONALSYL 2007", 0.244],
  ["published, Transformer 2 × 256, split of PRONALSYL 2007", 0.202],
  ["published, Phonetisaurus, a later CMUdict", 0.3389],
  ["published, Transformer 2 × 256, a later CMUdict", 0.31],
] as const;

/** The tables of the long runs, where there are any. */
export function longRunTables(arms: readonly ArmResult<TrainingNumbers>[]): FindingsTable[] {
  if (arms.length === 0) return [];
  const { steps, batch } = settings;
  return [
    {
      title: `CMUdict, the long run: the whole test part, beam ${settings.evaluation.beam}, beside published results`,
      columns: ["arm", "WER", "PER", "nats per target token", "parameters", "TFLOPs", "epochs"],
      rows: [
        ...arms.map(({ name, numbers }) => [
          ...[name, numbers.wer, numbers.per, numbers.targetLoss, numbers.parameters, numbers.flops / 1e12],
          (steps * batch) / numbers.data.train,
        ]),
        ...published.map(([name, wer]) => [name, wer, null, null, null, null, null]),
      ],
    },
    {
      title: "CMUdict, the long run: minutes of training",
      columns: ["arm", "minutes"],
      rows: arms.map(({ name, times }) => [name, (times?.seconds as number) / 60]),
      timed: true,
    },
  ];
}

/** How to read them. */
export const longRunNote =
  "The long runs of CMUdict are of one seed and decide nothing; their settings were chosen for the encoder–decoder, on the validation part. A word is right if it is any of the dictionary's pronunciations, without stress. Our split is of CMUdict 0.7b; the split of 2007 is of an older, easier dictionary, and published results on later ones are worse.";
