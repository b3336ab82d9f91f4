import type { ArmResult, ClaimArm, ClaimRequest, FindingsTable } from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import { armTable } from "../trained/arm-table.ts";
import { sights } from "../trained/sight.ts";

/**
 * Returns the arms of a long training of an encoder–decoder on CMUdict, with one seed and no part in a verdict. `quick`
 * has none. Settings were chosen on the validation part, by the loss after 51,200 words. Six layers help more in the
 * encoder, which sees the whole word.
 */
export const longRunArms = ({ preset, seeds }: ClaimRequest): ClaimArm<TrainingNumbers>[] =>
  preset === "full" ? [{ ...longRun(seeds[0] as number), alone: true }] : [];

const [steps, batch, beam] = [4000, 256, 4];

const longRun = (seed: number) =>
  trainingArm({
    name: "CMUdict, the long run: encoder–decoder",
    ...sights["encoder–decoder"],
    seed,
    model: {
      ...({ width: 256, layers: { source: 4, target: 2 }, heads: 8, feedForward: 704, activation: "swiglu" } as const),
      ...({ norm: "rms", positions: "learned", restartPositions: true, dropout: 0.05 } as const),
    },
    dataset: { name: "cmudict" },
    steps,
    batch,
    packing: 64,
    optimizer: "muon",
    learningRate: 3e-3,
    weightDecay: 0.1,
    // Settings may be chosen on the validation part, never on this one.
    evaluation: { part: "test", beam },
  });

/** WER of others without stress. @source https://github.com/cmusphinx/g2p-seq2seq, README at commit 006cb40 */
const published = [
  ["published, Phonetisaurus, split of PRONALSYL 2007", 0.244],
  ["published, Transformer 2 × 256, split of PRONALSYL 2007", 0.202],
  ["published, Phonetisaurus, a later CMUdict", 0.3389],
  ["published, Transformer 2 × 256, a later CMUdict", "about 0.31"],
] as const;

/** The tables of the long run, where there is one. */
export function longRunTables(arms: readonly ArmResult<TrainingNumbers>[]): FindingsTable[] {
  if (arms.length === 0) return [];
  const whole = armTable(
    `CMUdict, the long run: the whole test part, beam ${beam}, beside published results`,
    arms,
    ["arm", "WER", "PER", "nats per target token", "parameters", "TFLOPs"],
    { epochs: ({ numbers }) => (steps * batch) / numbers.data.train },
  );
  return [
    { ...whole, rows: [...whole.rows, ...published.map(([name, wer]) => [name, wer, null, null, null, null, null])] },
    {
      title: "CMUdict, the long run: minutes of training",
      columns: ["arm", "minutes"],
      rows: arms.map(({ name, times }) => [name, (times?.seconds as number) / 60]),
      timed: true,
    },
  ];
}

/** The note on how to read the long run. */
export const longRunNote =
  "The long run of CMUdict is of one seed and one architecture, and decides nothing: the table of all arms has the three side by side. A word is right if it is any of the dictionary's pronunciations, without stress. Our split is of CMUdict 0.7b; the split of 2007 is of an older, easier dictionary, and published results on later ones are worse; they are those of the README of cmusphinx/g2p-seq2seq at commit 006cb40.";
