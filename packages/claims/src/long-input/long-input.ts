import type { ArmResult, Claim, ClaimArm, ClaimRequest, Findings } from "../framework/claim.ts";
import { publication, redLlm2025 } from "../framework/publications.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import { judgedIfLearned } from "../trained/judged-if-learned.ts";
import { planSeeds, repeated, resultsOf, type SeededArms } from "../trained/seeded-arms.ts";
import type { TrainedArms } from "../trained/trained-arms.ts";
import { accuracyAt, atLength, fall, judgedIfEnded, type Measured, overlongEffect, sameAgain } from "./effects.ts";
import { accuracyTable, attentionTable, charts } from "./figures.ts";
import { sourceAttention } from "./source-attention.ts";
import {
  copy,
  deepStack,
  encoderDecoderAt,
  lengthsOf,
  oneStack,
  presets,
  recall,
  sharedStacks,
  type Task,
} from "./tasks.ts";

const liu = publication("Liu et al. 2018", "https://arxiv.org/abs/1801.10198");
const t5Gemma2 = publication("T5Gemma 2, 2025", "https://arxiv.org/abs/2512.14856");
const fu = publication("Fu et al. 2023", "https://arxiv.org/abs/2304.04052", "abstract");

/** The claim that cross-attention is a bottleneck on long inputs. */
export const longInput = (): Claim => ({
  statement:
    "The cross-attention of an encoder–decoder is a bottleneck on inputs much longer than those it was trained on.",
  evidence: [
    liu(
      "for",
      "Summarising many documents, a transformer encoder–decoder was best at inputs of 500 to 1,000 tokens and did not learn at 2,000; a decoder alone learned up to 4,000, with compressed memory up to 11,000.",
    ),
    redLlm2025(
      "against",
      "Scaled from 150M to 8B parameters, the encoder–decoder extrapolates more smoothly beyond 4,000 tokens than the decoder.",
    ),
    t5Gemma2("against", "T5Gemma 2, an encoder–decoder, beats Gemma 3 on RULER and MRCR up to 128K tokens."),
    fu("against", "In a decoder alone, attention to the source shrinks as the generated text grows."),
  ],
  measure:
    "Key–value recall, trained on sources of up to L pairs and tested on L, 2L and 4L: how much exact match falls from L to 4L in an encoder–decoder, more than in a prefix model of the same parameters; no verdict where most wrong answers are only too long. Beside it, attention on the source and on the token that holds the answer.",
  expected:
    "Contested: papers speak for either side. A standard encoder–decoder hands on as many vectors as it reads; nothing in it is of a fixed size.",
  plan: (request) => {
    const kinds = kindsOf(request);
    const again = kinds[encoderDecoderAt] as SeededArms;
    const [first] = planSeeds([again], request) as [ClaimArm];
    return [...planSeeds(kinds, request), repeated(first)];
  },
  analyse: (results, request) => findings(results as ArmResult<TrainingNumbers>[], request),
});

interface PlannedKind extends SeededArms {
  readonly task: Task;
  /** The name of the kind beside others of the task. */
  readonly kind: string;
}

function kindsOf({ preset }: ClaimRequest): PlannedKind[] {
  const { tasks, training, train, each, looked, questions, values } = presets[preset];
  const parts = { train, validation: 100, test: each };
  return tasks.flatMap((task) => {
    const { title, dataset, gold, longest, steps } = task;
    const lengths = lengthsOf(task);
    const isRecall = gold === "recalled";
    const options = isRecall
      ? { ...parts, pairs: longest, fewestPairs: 1, questions, testPairs: lengths, keys: 4 * longest, values }
      : { ...parts, length: longest, testLengths: lengths };
    return task.kinds.map(({ name: kind, ...model }) => {
      const name = `${title}, ${kind}`;
      const arm = (seed: number) =>
        trainingArm({
          name,
          ...training,
          ...model,
          dataset: { name: dataset, options },
          steps,
          seed,
          evaluation: { part: "test", maximumTokens: isRecall ? 4 : 4 * longest + 2 },
          probe: sourceAttention({ each, looked, gold }),
        });
      return { name, task, kind, arm };
    });
  });
}

const sharedNote =
  "With shared stacks the cross-attention is the same: what falls in two stacks and not there is no matter of it.";

function findings(results: TrainedArms, request: ClaimRequest): Findings {
  const { tasks } = presets[request.preset];
  const kinds = kindsOf(request);
  const of = resultsOf(kinds, results, request)<TrainingNumbers>;
  const measured = kinds.map(({ name, kind, task }): Measured => ({ name: kind, task, arms: of(name) }));
  const kindAt = (at: number) => measured[at] as Measured;
  const [causal, prefix, encoderDecoder] = [kindAt(0), kindAt(1), kindAt(encoderDecoderAt)];
  const fallBeyond = (one: Measured, other: Measured, role = "") =>
    judgedIfLearned(
      judgedIfEnded(
        fall(`${role}fall of exact match from L to 4L, ${one.name} − ${other.name}`, one, other),
        one,
        other,
      ),
      [one, other].map((each) => ({ name: `${each.name} at L`, share: accuracyAt(each, 0) })),
    );
  const named = (name: string) => measured.filter((one) => one.name === name && one.task.dataset === recall.dataset);
  const shared = named(sharedStacks);
  const copied = measured.filter(({ task }) => task.dataset === copy.dataset);
  return {
    effects: [
      fallBeyond(encoderDecoder, prefix),
      fallBeyond(encoderDecoder, causal),
      ...shared.map((one) => fallBeyond(one, prefix, "control: ")),
      ...[oneStack, deepStack].flatMap(named).map((one) => fallBeyond(encoderDecoder, one, "control: ")),
      ...copied
        .slice(1, encoderDecoderAt)
        .map((one) => fallBeyond(copied[encoderDecoderAt] as Measured, one, "copying: ")),
      atLength("control: exact match at L, prefix − encoder–decoder", prefix, encoderDecoder, 0),
      atLength("exact match at 4L, prefix − encoder–decoder", prefix, encoderDecoder, 2),
      overlongEffect(encoderDecoder, prefix),
      sameAgain(results.at(-1) as ArmResult<TrainingNumbers>, encoderDecoder.arms),
    ],
    tables: [accuracyTable(measured), attentionTable(measured)],
    charts: tasks.flatMap((task) => charts(measured.filter((one) => one.task === task))),
    notes: [
      "All arms have T5's relative positions, in self-attention alone; learned positions would have none beyond L and would decide instead of the architecture.",
      "Three arms have the same matrices: two stacks, or one of a wider feed-forward. Per token the single stack costs more FLOPs; the control of one stack costs as much, and that of twice the layers has the depth of both.",
      ...(shared.length > 0 ? [sharedNote] : []),
      "An answer is too long for certain where it takes more edits than the right one has symbols. A model trained on one to three answers may go on after the only one that is asked for: exact match then falls though the answer may have been found.",
      "What a model does beyond L does not follow from what it does at L. For the `full` run in docs/claims, the encoder–decoder of the first seed was trained on two processors that round otherwise: both times all right at L, and at 4L in 134 answers of 500 and in none.",
      "A fall is read together with what was learned: an arm that has not learned the task at L cannot lose it. The control at L tells.",
      "Cross-attention adds up to 1 over the source and its end, so its mass on the source tells nothing of decay; in a single stack the target takes its share.",
      `The statement is made of very long inputs, thousands of tokens on which the papers trained. Sources here have up to ${lengthsOf(encoderDecoder.task)[2]} pairs: what is judged is how a model goes on beyond its trained length.`,
    ],
  };
}
