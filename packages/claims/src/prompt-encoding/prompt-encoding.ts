import { type Effect, pairedEffect } from "@trivium/evaluator";
import type { ArmResult, Claim, ClaimRequest, Findings, FindingsTable } from "../framework/claim.ts";
import { artetxe2022, publication, raffel2020 } from "../framework/publications.ts";
import { trainedTable } from "../trained/arm-table.ts";
import { cmudictArms } from "../trained/cmudict-arm.ts";
import { judgedIfLearned, type Reached } from "../trained/judged-if-learned.ts";
import { lossEffect } from "../trained/loss-effect.ts";
import { meanOf } from "../trained/mean-of.ts";
import { planSeeds, resultsOf, type SeededArms } from "../trained/seeded-arms.ts";
import type { SightName } from "../trained/sight.ts";
import type { FindArms, TrainedArms } from "../trained/trained-arms.ts";
import { type QuestionPlace, recallArm } from "./recall-arm.ts";

const recalled = ["causal", "prefix", "encoder–decoder"] as const;
const places = ["first", "last"] as const;
const spelled = ["causal", "causal, loss on all", "prefix", "prefix, loss on all"] as const;

const recallName = (sight: SightName, question: QuestionPlace) => `${sight}, question ${question}`;
const spellingName = (sight: SightName) => `${sight}, CMUdict`;

const kinds = ({ preset }: ClaimRequest): SeededArms[] => [
  ...recalled.flatMap((sight) =>
    places.map((question) => ({
      name: recallName(sight, question),
      arm: (seed: number) => recallArm({ sight, question, preset, seed }),
    })),
  ),
  ...spelled.map((sight) => cmudictArms(spellingName(sight), { sight, preset })),
];

const zhang = publication("Zhang et al. 2022", "https://arxiv.org/abs/2202.00528", "abstract");

/** The claim that a causal model encodes its prompt suboptimally. */
export const promptEncoding = (): Claim => ({
  statement: "A causal model encodes its prompt suboptimally: each token without those after it.",
  evidence: [
    raffel2020("table 2")(
      "for",
      "With the same parameters and cost, a fully visible prefix beats the causal mask on every task: SQuAD 78.94 against 61.14, GLUE 81.82 against 74.70, SuperGLUE 68.11 against 55.02 (denoising, finetuned).",
    ),
    zhang(
      "both",
      "In machine translation a causal mask over the source and a language-modelling loss on the source are both detrimental; the gap is largest at small scale and narrows with size.",
    ),
    artetxe2022(
      "both",
      "Bidirectional attention helps finetuning and infilling, and harms next-token prediction and zero-shot priming.",
    ),
  ],
  measure:
    "Key–value recall with the question before or after the context, otherwise the same: the order gap is the share answered with the question first less that with the question last; that of the causal model less that of the prefix model. Beside it, on CMUdict, mask × loss on the source.",
  expected:
    "The causal model has an order gap, for its context is encoded without a question that comes after it; prefix model and encoder–decoder have about none. Loss on the source costs loss on the target at this size.",
  plan: (request) => planSeeds(kinds(request), request),
  analyse: findings,
});

function findings(results: readonly ArmResult[], request: ClaimRequest): Findings {
  const of: FindArms = resultsOf(kinds(request), results, request);
  const gaps = recalled.map((sight) => orderGaps(places.map((at) => of(recallName(sight, at)))));
  const [causal, prefix, both] = gaps;
  const [ofCausal, ofPrefix, ofBoth] = recalled.map((sight) => reachedIn(sight, of)) as [Places, Places, Places];
  const spelling = (sight: SightName) => of(spellingName(sight));
  const loss = (name: string, left: SightName, right: SightName) =>
    lossEffect(`CMUdict, ${name}`, spelling(left), spelling(right));
  return {
    effects: [
      // What the mask adds to the gap: an order that is easier for every architecture speaks of the task.
      judgedByReach(
        gapEffect("order gap (question first − last), causal − prefix", causal, prefix),
        ofCausal,
        ofPrefix,
      ),
      judgedByReach(gapEffect("order gap, causal − encoder–decoder", causal, both), ofCausal, ofBoth),
      ...gaps.map((own, at) => gapEffect(`order gap, ${recalled[at]}`, own)),
      loss("loss on the target alone: causal − prefix", "causal", "prefix"),
      loss("loss on all: causal − prefix", "causal, loss on all", "prefix, loss on all"),
      loss("causal: loss on all − on the target", "causal, loss on all", "causal"),
      loss("prefix: loss on all − on the target", "prefix, loss on all", "prefix"),
    ],
    tables: [accuracyTable(of, request), trainedTable("Arms", results as TrainedArms)],
    charts: [],
    notes: [
      "Which order a causal model finds easier is not given by its mask: with the question last, too, its last position sees everything. The gap is signed as the statement has it, easier with the question first.",
      "An architecture counts as having learned recall if it has in the better place of the question. Where it has in both, the gap is small, too: the learning curves tell which was learned sooner.",
      "Under the prefix mask the loss on the source asks for tokens that are in sight: that cell of mask × loss is a control of what such a loss changes, and no language model.",
    ],
  };
}

/** The scores of an architecture for each place of the question. */
type Places = readonly Reached[];

/** Returns the share of right answers of an architecture for each place of the question. */
const reachedIn = (sight: SightName, of: FindArms): Places =>
  places.map((question) => {
    const name = recallName(sight, question);
    return { name, share: meanOf(of(name).map(({ numbers }) => numbers.exactMatch ?? 0)) };
  });

/** The share from which on a gap of one in fifty has no room. */
const saturatedFrom = 0.98;

/** A gap is shown by who has learned to look up, in one place at least, and not by who always does. */
function judgedByReach(effect: Effect, ...compared: readonly Places[]): Effect {
  const shares = compared.flat().map(({ share }) => share);
  if (Math.min(...shares) >= saturatedFrom)
    return { ...effect, unjudged: "all are answered right in either place, so that nothing is left to differ" };
  return judgedIfLearned(
    effect,
    compared.map((places) => places.reduce((best, one) => (one.share > best.share ? one : best))),
  );
}

/** Question first − last, example by example. */
const orderGaps = ([first, last]: readonly TrainedArms[]): readonly (readonly number[])[] =>
  (first as TrainedArms).map(({ numbers }, seed) =>
    numbers.examples.exact.map(
      (right, at) => right - ((last as TrainedArms)[seed]?.numbers.examples.exact[at] as number),
    ),
  );

type Gaps = readonly (readonly number[])[] | undefined;

const gapEffect = (name: string, left: Gaps = [], right: Gaps = left.map((own) => own.map(() => 0))): Effect =>
  // One question in fifty.
  pairedEffect({ name, unit: "share of questions", smallest: 0.02, left, right });

function accuracyTable(of: FindArms, { seeds }: ClaimRequest): FindingsTable {
  const rows = recalled.flatMap((sight) =>
    seeds.map((seed, index) => {
      const share = (question: QuestionPlace) => of(recallName(sight, question))[index]?.numbers.exactMatch as number;
      const [first, last] = [share("first"), share("last")];
      return [`${sight}, seed ${seed}`, first, last, first - last];
    }),
  );
  const title = "Key–value recall: share answered right";
  return { title, columns: ["arm", "question first", "question last", "gap"], rows };
}
