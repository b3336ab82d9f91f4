import type { Effect } from "@trivium/evaluator";
import type { ArmResult, Claim, ClaimRequest, Findings } from "../framework/claim.ts";
import { publication, raffel2020 } from "../framework/publications.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";
import { armTable } from "../trained/arm-table.ts";
import { lossEffect } from "../trained/loss-effect.ts";
import { planSeeds, resultsOf, type SeededArms } from "../trained/seeded-arms.ts";
import type { TrainedArms } from "../trained/trained-arms.ts";
import { armOf, presets, type StyleName, styles } from "./pretrained-arm.ts";

type Way = "pretrained" | "from scratch" | "from scratch, as many steps in all";

const ways: readonly Way[] = ["pretrained", "from scratch"];
/** The control: the steps of pretraining are spent on the task. */
const long: Way = "from scratch, as many steps in all";

const byT5 = publication("Zhu et al. 2022", "https://arxiv.org/abs/2204.03067", "abstract");

/** The claim that denoising text prepares an encoder–decoder for a task. */
export const denoisingPretraining = (): Claim => ({
  statement: "An encoder–decoder that was pretrained by denoising text learns a task better than one from scratch.",
  evidence: [
    raffel2020("table 1")(
      "for",
      "After as many steps on each task, pretrained by span corruption against from scratch: GLUE 83.28 and 66.22, SQuAD 80.88 and 50.31, SuperGLUE 71.36 and 53.04.",
    ),
    raffel2020("table 1")(
      "against",
      "English to French, whose training set is large: 39.82 BLEU with pretraining, 39.77 without.",
    ),
    byT5(
      "for",
      "Weights of a model of bytes that was trained before on pronunciations of other languages converge to a lower phone error rate than random ones.",
    ),
  ],
  measure:
    "Nats per held-out target token on CMUdict, from scratch − pretrained, after the same steps on CMUdict in the same order. A T5-style encoder–decoder is pretrained by span corruption, a BART-style one by permuted sentences and infilled spans, both on the bytes of Moby-Dick and of the State of the Union addresses. Control of one seed and the T5-style model: the steps of pretraining spent on CMUdict instead.",
  expected:
    "Pretrained models are ahead while they have seen few words, and less so at the end, since the dictionary is large. As many steps in all on the task itself are better than pretraining.",
  plan: (request) => planSeeds(kinds(request), request),
  analyse: (results, request) => findings(results as ArmResult<TrainingNumbers>[], request),
});

const nameOf = (style: StyleName, way: Way): string => `${style}, ${way}`;

function kinds({ preset }: ClaimRequest): SeededArms[] {
  const { pretraining, steps, controls } = presets[preset];
  const kind = (style: StyleName, way: Way): SeededArms => ({
    name: nameOf(style, way),
    seeds: way === long ? 1 : undefined,
    arm: (seed) =>
      armOf({
        style,
        preset,
        seed,
        pretrained: way === "pretrained",
        steps: way === long ? pretraining.steps + steps : steps,
      }),
  });
  const compared = ways.flatMap((way) => Object.keys(styles).map((style) => kind(style as StyleName, way)));
  return controls ? [...compared, kind("T5", long)] : compared;
}

function findings(results: TrainedArms, request: ClaimRequest): Findings {
  const of = resultsOf(kinds(request), results, request)<TrainingNumbers>;
  const arms = (style: StyleName, way: Way) => of(nameOf(style, way));
  const { pretraining, steps, controls } = presets[request.preset];
  const gain = (style: StyleName): Effect =>
    lossEffect(
      `${style}: loss after the same steps on the task, from scratch − pretrained`,
      arms(style, "from scratch"),
      arms(style, "pretrained"),
    );
  const control = () =>
    lossEffect(
      "T5: loss after as many steps in all, one seed, from scratch − pretrained",
      arms("T5", long),
      arms("T5", "pretrained").slice(0, 1),
    );
  return {
    effects: [gain("T5"), gain("BART"), ...(controls ? [control()] : [])],
    tables: [armTable("Arms", results, columns, pretrainingColumns)],
    charts: [],
    notes: [
      `A step of pretraining has ${pretraining.batch} windows of text, of which there are ${pretraining.steps.toLocaleString("en")} steps before ${steps.toLocaleString("en")} steps of ${presets[request.preset].batch} words. Rates, optimiser and seed are the same, and the rate begins anew with a warm-up.`,
      "The verdict is of the T5-style model; the BART-style one has an effect of its own. The two differ in architecture too, and are not compared with each other.",
      "Source, target and text share one vocabulary of bytes with a mask and sentinels. PER and WER are of phones and words as elsewhere.",
      "Both models are far smaller than those of the papers, and twelve megabytes of text are little: what is measured here is whether denoising helps at this size, for a target that is no text.",
    ],
  };
}

const columns = [
  ...(["arm", "parameters", "tokens seen", "supervised"] as const),
  ...(["nats per target token", "PER", "WER"] as const),
];

const pretrainingColumns = {
  "tokens seen before": ({ numbers }: ArmResult<TrainingNumbers>) => numbers.pretraining?.tokensSeen ?? null,
  "last loss before": ({ numbers }: ArmResult<TrainingNumbers>) => numbers.pretraining?.loss ?? null,
};
