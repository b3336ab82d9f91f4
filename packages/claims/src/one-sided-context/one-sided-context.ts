import { type Effect, pairedEffect } from "@trivium/evaluator";
import type {
  ArmResult,
  Chart,
  Claim,
  ClaimArm,
  ClaimRequest,
  Findings,
  FindingsTable,
  Preset,
} from "../framework/claim.ts";
import { countedEffect } from "../framework/counted-effect.ts";
import { artetxe2022, publication, raffel2020 } from "../framework/publications.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import { trainedTable } from "../trained/arm-table.ts";
import { cmudictArm, cmudictArms } from "../trained/cmudict-arm.ts";
import { lossEffect } from "../trained/loss-effect.ts";
import { meanOf } from "../trained/mean-of.ts";
import { planSeeds, repeated, resultsOf, type SeededArms } from "../trained/seeded-arms.ts";
import { type SightName, sights } from "../trained/sight.ts";
import type { FindArms, TrainedArms } from "../trained/trained-arms.ts";
import { type ContextSeen, contextProbe } from "./context-probe.ts";
import { scanArms, scanEffects, scanNotes, scanTable } from "./scan-arms.ts";

const compared = ["causal", "prefix", "encoder–decoder"] as const;

const sizes = {
  quick: { model: { width: 64, layers: 2, heads: 4 }, steps: 400, probed: 1200 },
  full: { model: { width: 128, layers: 3, heads: 8 }, steps: 2000, probed: 4000 },
} as const;

/** Encoder–decoders that are not twice as large: T5's controls; the second is an arm of training-efficiency. */
const controls = {
  "encoder–decoder, shared stacks": { quick: { sharedStacks: true }, full: { sharedStacks: true } },
  "encoder–decoder, half as deep": {
    quick: { layers: { source: 1, target: 1 } },
    full: { layers: { source: 2, target: 1 } },
  },
} as const;

/** The name of an arm of `full`: a prefix model whose target reads the source's last states in every layer. */
const topOnly = "encoder–decoder, merged in one stack";
const merged = { sharedStacks: true, crossAttention: "merged" } as const;

const redLlm = publication("RedLLM 2025", "https://arxiv.org/abs/2510.26622");

const lateOperator = (sight: SightName) => `${sight}, late operator`;
const cmudict = (sight: string) => `${sight}, CMUdict`;
const oneLayer = (sight: SightName) => `${sight}, CMUdict, one layer`;

/** The claim that a causal model understands its context less, seeing one side of it. */
export const oneSidedContext = (): Claim => ({
  statement: "A causal model understands its context less, as it sees one side of it.",
  evidence: [
    raffel2020("table 2")(
      "for",
      "With the same parameters and cost, finetuned after denoising, the causal model reaches 61.14 on SQuAD, 74.70 on GLUE and 55.02 on SuperGLUE; the prefix model 78.94, 81.82 and 68.11.",
    ),
    redLlm(
      "for",
      "Bidirectional attention over the input, added at finetuning, improves a decoder-only model greatly.",
    ),
    artetxe2022(
      "both",
      "Bidirectional attention helps finetuning and infilling, and harms next-token prediction and zero-shot priming.",
    ),
  ],
  measure:
    "Held-out loss on the same target tokens, the same stack under a causal mask and with a visible prefix, loss on the target alone (CMUdict; in `full` SCAN too). Exact: which source states move when a later source token is another. Probed: whether the first operand's state tells the operator, which comes last.",
  expected:
    "What a causal model's states are is certain: they do not move. What it costs is not: on spelling, where sounds follow letters nearly in order, a small gap; none with a single layer.",
  plan: (request) => [...planSeeds(kinds(request), request), again(request)],
  analyse: findings,
});

/** The cheapest arm that trains as all others do. */
const again = ({ preset, seeds }: ClaimRequest): ClaimArm => {
  const arm = cmudictArm({ sight: "prefix", preset, seed: seeds[0] as number, model: { layers: 1 } });
  return repeated({ ...arm, name: oneLayer("prefix") });
};

function kinds({ preset }: ClaimRequest): SeededArms[] {
  const pair = { sight: "encoder–decoder", preset } as const;
  return [
    ...compared.map((sight) => ({ name: lateOperator(sight), arm: probedArm(sight, preset) })),
    ...compared.map((sight) => cmudictArms(cmudict(sight), { sight, preset })),
    ...Object.entries(controls).map(([name, { [preset]: model }]) => cmudictArms(cmudict(name), { ...pair, model })),
    ...(["causal", "prefix"] as const).map((sight) =>
      cmudictArms(oneLayer(sight), { sight, preset, model: { layers: 1 } }),
    ),
    ...(preset === "full" ? [cmudictArms(cmudict(topOnly), { ...pair, model: merged }), ...scanArms()] : []),
  ];
}

function probedArm(sight: SightName, preset: Preset) {
  const { model, steps, probed } = sizes[preset];
  return (seed: number): ClaimArm =>
    trainingArm({
      name: sight,
      ...sights[sight],
      model: { ...model, restartPositions: true },
      seed,
      batch: 64,
      packing: 64,
      steps,
      dataset: { name: "late-operator", options: { validation: probed, test: 0 } },
      evaluation: { decoded: 500 },
      probe: contextProbe({ perturbed: 8, probed }),
    });
}

function findings(results: readonly ArmResult[], request: ClaimRequest): Findings {
  const of: FindArms = resultsOf(kinds(request), results, request);
  const repetition = results.at(-1) as ArmResult<TrainingNumbers>;
  const [causal, prefix] = (["causal", "prefix"] as const).map((sight) => of(cmudict(sight))) as [
    TrainedArms,
    TrainedArms,
  ];
  const isFull = request.preset === "full";
  return {
    effects: [
      // The structure says that a causal state sees one side, exactly; whether the model understands less shows in use.
      lossEffect("CMUdict, causal − prefix", causal, prefix),
      ...structural(of),
      ...probes(of),
      lossEffect("control: CMUdict with one layer, causal − prefix", of(oneLayer("causal")), of(oneLayer("prefix"))),
      lossEffect("late operator, causal − prefix", of(lateOperator("causal")), of(lateOperator("prefix"))),
      ...["encoder–decoder", ...Object.keys(controls)].map((name) =>
        lossEffect(`CMUdict, causal − ${name}`, causal, of(cmudict(name))),
      ),
      ...(isFull ? [lossEffect(`CMUdict, prefix − ${topOnly}`, prefix, of(cmudict(topOnly))), ...scanEffects(of)] : []),
      lossEffect("the same arm twice (A/A)", of(oneLayer("prefix")).slice(0, 1), [repetition]),
    ],
    tables: [stateTable(of), ...(isFull ? [scanTable(of)] : []), trainedTable("Arms", results as TrainedArms)],
    charts: [probeChart(of)],
    notes: [
      `Causal and prefix arms have the same parameters, rows, positions and supervised tokens: the mask alone differs. An encoder–decoder has more parameters: on CMUdict ${moreParameters(of)}. It reads the start and the end of its streams, too.`,
      ...(isFull ? [topOnlyNote] : []),
      "With one layer the mask cannot matter: a target reads the source's embeddings, which see nothing in either. Any difference there is rounding.",
      "The prefix's last layer computes source states that nothing reads; the probe's accuracy is the mean over all layers, so that none is chosen.",
      "That a causal state does not know what comes later is no proof that the model does not: its later positions see all of the source.",
      ...(isFull ? scanNotes : ["SCAN is in the preset `full` alone."]),
    ],
  };
}

const topOnlyNote = `The ${topOnly}, stands between prefix and encoder–decoder: its target attends, in one softmax, to itself and to the source's last states in every layer, not to the states of that layer.`;

/** `"127 % (encoder–decoder), 30 % (encoder–decoder, shared stacks)"` */
function moreParameters(of: FindArms): string {
  const parametersOf = (name: string) => of(cmudict(name))[0]?.numbers.parameters as number;
  const more = (name: string) => (100 * (parametersOf(name) / parametersOf("causal") - 1)).toFixed(0);
  return ["encoder–decoder", ...Object.keys(controls)].map((name) => `${more(name)} % (${name})`).join(", ");
}

const seen = ({ numbers }: ArmResult<TrainingNumbers>): ContextSeen => numbers.probe as unknown as ContextSeen;

/** Returns the layers after the embeddings, which see no other position in any architecture. */
const beyond = <T>(layers: readonly T[]): readonly T[] => layers.slice(1);

function structural(of: FindArms): Effect[] {
  const moved = (sight: SightName) =>
    meanOf(
      of(lateOperator(sight)).map((arm) => meanOf(beyond(seen(arm).moved).map((count) => count / seen(arm).pairs))),
    );
  return (["prefix", "encoder–decoder"] as const).map((sight) =>
    countedEffect({
      name: `earlier source states that move with a later token, ${sight} − causal`,
      unit: "share of pairs at every layer",
      smallest: 0.01,
      value: moved(sight) - moved("causal"),
      method: "exact: equal to the bit, or not",
    }),
  );
}

function probes(of: FindArms): Effect[] {
  const readable = (sight: SightName) => of(lateOperator(sight)).map((arm) => [meanOf(beyond(seen(arm).readable))]);
  const chance = of(lateOperator("causal")).map((arm) => [seen(arm).chance]);
  const effect = (name: string, left: number[][], right: number[][]): Effect => ({
    ...pairedEffect({ name, unit: "share of operators read", smallest: 0.05, left, right }),
    method: `paired bootstrap over ${left.length} seeds`,
  });
  return [
    effect("operator read at the first operand, prefix − causal", readable("prefix"), readable("causal")),
    effect("the same, encoder–decoder − causal", readable("encoder–decoder"), readable("causal")),
    effect("control: the same, causal − chance", readable("causal"), chance),
  ];
}

const stateTable = (of: FindArms): FindingsTable => ({
  title: "Source states before the token that was changed, and what is read off the first",
  columns: ["arm and layer", "pairs", "moved", "least change", "largest change", "operator read", "chance"],
  rows: compared.flatMap((sight) =>
    of(lateOperator(sight)).flatMap((arm) => {
      const { pairs, moved, least, largest, readable, chance } = seen(arm);
      return readable.map((read, layer) => [
        ...[`${arm.name}, layer ${layer}`, pairs, moved[layer] as number, least[layer] as number],
        ...[largest[layer] as number, read, chance],
      ]);
    }),
  ),
});

const probeChart = (of: FindArms): Chart => ({
  title: "The operator, read off the first operand's state",
  x: { title: "layer" },
  y: { title: "share read, mean of the seeds" },
  series: compared.map((sight) => {
    const arms = of(lateOperator(sight)).map(seen);
    const layers = arms[0]?.readable ?? [];
    return {
      name: sight,
      points: layers.map((_, x) => ({ x, y: meanOf(arms.map((arm) => arm.readable[x] as number)) })),
    };
  }),
});
