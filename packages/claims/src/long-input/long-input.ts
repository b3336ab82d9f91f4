import {
  type ArmResult,
  type Claim,
  type ClaimArm,
  type ClaimRequest,
  claim,
  type Findings,
} from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import { judgedIfLearned } from "../trained/judged-if-learned.ts";
import type { RecallTraining } from "../trained/recall-training.ts";
import { repeated } from "../trained/seeded-arms.ts";
import type { TrainedArms } from "../trained/trained-arms.ts";
import { accuracyAt, atLength, fall, judgedIfEnded, type Measured, overlongEffect, sameAgain } from "./effects.ts";
import { evidence } from "./evidence.ts";
import { accuracyTable, attentionTable, charts } from "./figures.ts";
import { sourceAttention } from "./source-attention.ts";
import {
  copy,
  deepStack,
  encoderDecoderAt,
  type Kind,
  lengthsOf,
  oneStack,
  presets,
  recall,
  sharedStacks,
  type Task,
} from "./tasks.ts";

/** The claim that cross-attention is a bottleneck on long inputs. */
export const longInput = (): Claim => ({
  statement:
    "The cross-attention of an encoder–decoder is a bottleneck on inputs much longer than those it was trained on.",
  evidence,
  measure:
    "Key–value recall, trained on sources of up to L pairs and tested on L, 2L and 4L: how much exact match falls from L to 4L in an encoder–decoder, more than in a prefix model of the same parameters; no verdict where most wrong answers are only too long. Beside it, attention on the source and on the token that holds the answer.",
  expected:
    "Contested: papers speak for either side. A standard encoder–decoder hands on as many vectors as it reads; nothing in it is of a fixed size.",
  plan: ({ preset, seeds }) => {
    const { tasks, ...sizes } = presets[preset];
    const arms = tasks.flatMap((task) =>
      task.kinds.flatMap((kind) => seeds.map((seed) => armOf({ task, kind, seed, ...sizes }))),
    );
    return [...arms, repeated(arms[encoderDecoderAt * seeds.length] as ClaimArm)];
  },
  analyse: (results, request) => findings(results as ArmResult<TrainingNumbers>[], request),
});

interface ArmOptions {
  readonly task: Task;
  readonly kind: Kind;
  readonly seed: number;
  readonly train: number;
  readonly each: number;
  readonly looked: number;
  readonly questions: number;
  readonly values: number;
  readonly training: RecallTraining;
}

function armOf({ task, kind: { name, ...kind }, seed, ...sizes }: ArmOptions) {
  const { longest, steps } = task;
  const lengths = lengthsOf(task);
  const { train, each, looked, questions, values, training } = sizes;
  const parts = { train, validation: 100, test: each };
  const options =
    task.gold === "recalled"
      ? { ...parts, pairs: longest, fewestPairs: 1, questions, testPairs: lengths, keys: 4 * longest, values }
      : { ...parts, length: longest, testLengths: lengths };
  return trainingArm({
    name: `${task.title}, ${name}, seed ${seed}`,
    ...training,
    ...kind,
    dataset: { name: task.dataset, options },
    steps,
    seed,
    evaluation: { part: "test", maximumTokens: task.gold === "recalled" ? 4 : 4 * longest + 2 },
    probe: sourceAttention({ each, looked, gold: task.gold }),
  });
}

function findings(results: TrainedArms, { preset, seeds }: ClaimRequest): Findings {
  const planned = presets[preset].tasks.flatMap((task: Task) => task.kinds.map(({ name }) => ({ name, task })));
  const measured = planned.map(
    (one, at): Measured => ({
      ...one,
      arms: results.slice(at * seeds.length, (at + 1) * seeds.length),
    }),
  );
  const kindAt = (at: number) => measured[at] as Measured;
  const [causal, prefix, encoderDecoder] = [kindAt(0), kindAt(1), kindAt(encoderDecoderAt)];
  const fallBeyond = (one: Measured, other: Measured, role = "") =>
    judgedIfLearned(
      judgedIfEnded(fall(`${role}fall of exact match from L to 4L, ${one.name} − ${other.name}`, one, other), [
        one,
        other,
      ]),
      [one, other].map((each) => ({ name: `${each.name} at L`, share: accuracyAt(each, 0) })),
    );
  const falls = [fallBeyond(encoderDecoder, prefix), fallBeyond(encoderDecoder, causal)] as const;
  const named = (name: string) => measured.filter((one) => one.name === name && one.task.dataset === recall.dataset);
  const [shared] = named(sharedStacks);
  const copied = measured.filter(({ task }) => task.dataset === copy.dataset);
  const controls = [
    ...(shared ? [fallBeyond(shared, prefix, "control: ")] : []),
    ...[oneStack, deepStack].flatMap(named).map((one) => fallBeyond(encoderDecoder, one, "control: ")),
    ...copied
      .slice(1, encoderDecoderAt)
      .map((one) => fallBeyond(copied[encoderDecoderAt] as Measured, one, "copying: ")),
  ];
  return {
    effects: [
      ...falls,
      ...controls,
      atLength("control: exact match at L, prefix − encoder–decoder", prefix, encoderDecoder, 0),
      atLength("exact match at 4L, prefix − encoder–decoder", prefix, encoderDecoder, 2),
      overlongEffect(encoderDecoder, prefix),
      sameAgain(results.at(-1) as ArmResult<TrainingNumbers>, encoderDecoder.arms),
    ],
    tables: [accuracyTable(measured), attentionTable(measured)],
    charts: presets[preset].tasks.flatMap((task: Task) =>
      charts(
        measured.filter((one) => one.task.dataset === task.dataset),
        task,
      ),
    ),
    notes: [
      "All arms have T5's relative positions, in self-attention alone; learned positions would have none beyond L and would decide instead of the architecture.",
      "Three arms have the same matrices: two stacks, or one of a wider feed-forward. Per token the single stack costs more FLOPs; the control of one stack costs as much, and that of twice the layers has the depth of both.",
      ...(shared
        ? [
            "With shared stacks the cross-attention is the same: what falls in two stacks and not there is no matter of it.",
          ]
        : []),
      "An answer is too long for certain where it takes more edits than the right one has symbols. A model trained on one to three answers may go on after the only one that is asked for: exact match then falls though the answer may have been found.",
      "What a model does beyond L does not follow from what it does at L. For the `full` run in docs/claims, the encoder–decoder of the first seed was trained on two processors that round otherwise: both times all right at L, and at 4L in 134 answers of 500 and in none.",
      "A fall is read together with what was learned: an arm that has not learned the task at L cannot lose it. The control at L tells.",
      "Cross-attention adds up to 1 over the source and its end, so its mass on the source tells nothing of decay; in a single stack the target takes its share.",
      `The statement is made of very long inputs, thousands of tokens on which the papers trained. Sources here have up to ${lengthsOf(encoderDecoder.task)[2]} pairs: what is judged is how a model goes on beyond its trained length.`,
    ],
  };
}

export const longInputPlugin = claim("long-input", longInput, {
  description:
    "The cross-attention of an encoder–decoder is a bottleneck on inputs much longer than those it was trained on.",
});
