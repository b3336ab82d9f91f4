import type { ArmResult, Chart, Claim, Findings, FindingsTable } from "../framework/claim.ts";
import { countedEffect } from "../framework/counted-effect.ts";
import { ding2024, wang2022 } from "../framework/publications.ts";
import { type DialoguePositions, dialoguePositions } from "./dialogue-positions.ts";
import { type MistakeCount, type MistakeOutcome, mistakeCounts, mistakeOutcomes } from "./mistake-outcomes.ts";

const architectures = ["causal", "prefix", "encoder-decoder"];

/** The claim that the masks of a prefix model are easier to get wrong. */
export const maskDifficulty = (): Claim => ({
  statement: "A prefix language model's attention masks are easier to get wrong than a causal model's.",
  evidence: [
    wang2022("appendix C")(
      "both",
      "To train an encoder–decoder on TPUs as the others are, two examples had to be joined in a row and masked apart, with prefixes of i and 626 − i tokens.",
    ),
    ding2024(
      "both",
      "In the constructed model a query must not attend to itself, or the result is lost; that holds under either mask.",
    ),
  ],
  measure:
    "Every mask that one edit makes of the right one, by the same edits for all architectures, put into a live model in the place of the right one; the leak analysis says by perturbation and gradient what each prediction then depends on. Beside it the conditions that masks are made of, and the positions that a dialogue of several turns encodes again.",
  expected:
    "Right masks pass clean, and more mistakes are possible in a prefix mask. In a dialogue a causal model encodes nothing again; a prefix model and an encoder–decoder encode all that came before.",
  plan: ({ preset }) => [
    mistakeCounts(architectures),
    dialoguePositions({ architectures, turns: preset === "quick" ? 6 : 16, turn: { prompt: 16, reply: 16 } }),
  ],
  analyse: ([mistakes, dialogue]) =>
    findings((mistakes as ArmResult<MistakeCount[]>).numbers, (dialogue as ArmResult<DialoguePositions[]>).numbers),
});

function findings(counts: readonly MistakeCount[], dialogues: readonly DialoguePositions[]): Findings {
  // A mask that is refused has gone wrong for nobody.
  const made = (name: string) => countOf(counts, name);
  const leaks = (name: string) => countOf(counts, name, "label leak");
  const tried = (name: string) => made(name) - countOf(counts, name, "refused");
  const share = (name: string) => leaks(name) / tried(name);
  const again = (name: string) => {
    const { recomputed, tokens } = dialogues.find(({ architecture }) => architecture === name) as DialoguePositions;
    return recomputed / tokens;
  };
  const more = (measure: (name: string) => number, name = "prefix") => measure(name) - measure("causal");
  const effect = (name: string, unit: string, smallest: number, value: number) =>
    countedEffect({ name, unit, smallest, value });
  const dialogue = `a dialogue of ${dialogues[0]?.tokens ?? 0} tokens`;
  return {
    effects: [
      // A mask of more conditions has more mistakes by construction; how many of them leak is not decided by that. Less
      // than one in twenty would change nobody's mind.
      effect(
        "share of single mistakes, those refused left out, by which a prediction sees its label or a later one, prefix − causal",
        "share of mistakes",
        0.05,
        more(share),
      ),
      effect("the same, encoder–decoder − causal", "share of mistakes", 0.05, more(share, "encoder-decoder")),
      effect("single mistakes that leak so, prefix − causal", "mistakes", 1, more(leaks)),
      effect("single mistakes that change anything, prefix − causal", "mistakes", 1, more(made)),
      effect(`positions encoded again in ${dialogue}, prefix − causal`, "positions per token", 0.1, more(again)),
    ],
    tables: [outcomeTable(counts), conditionTable(counts), labelLeakTable(counts), dialogueTable(dialogues)],
    charts: [dialogueChart(dialogues)],
    notes: [
      ...(counts.every(({ clean }) => clean)
        ? ["Without a mistake all models pass the leak analysis, padded and packed."]
        : ["A model without a mistake did not pass the leak analysis: look at it before anything else here."]),
      "Edits: a number off by one, the first row's number for every row, the other operator, an operand or the documents left out, a negation, full and causal for one another. Those that show the same pairs to real queries count once; those that change nothing there, not at all.",
      `By number it is the other way: ${leaks("prefix")} of the prefix model's mistakes leak, ${leaks("causal")} of the causal model's. The share is of ${tried("prefix")} and ${tried("causal")}, so that a single causal mistake of another kind would move it by ${(1 / tried("causal")).toFixed(2)}.`,
      "All count alike here, and people do not make them alike often. What is counted is how far a mask forgives, in models of two layers and on two short pairs with loss on the target.",
      "An encoder–decoder has three masks, of which only the decoder's own can leak a label.",
      "A blind model trains and is only worse; a leak shows as a loss that is too good.",
    ],
  };
}

const countOf = (counts: readonly MistakeCount[], name: string, outcome?: MistakeOutcome): number =>
  counts
    .filter(({ architecture }) => architecture === name)
    .flatMap(({ mistakes }) => mistakes)
    .filter((mistake) => outcome === undefined || mistake.outcome === outcome).length;

const outcomeTable = (counts: readonly MistakeCount[]): FindingsTable => ({
  title: "What comes of single mistakes, padded and packed together",
  columns: ["architecture", "mistakes", ...mistakeOutcomes],
  rows: architectures.map((name) => [
    name,
    countOf(counts, name),
    ...mistakeOutcomes.map((outcome) => countOf(counts, name, outcome)),
  ]),
});

const conditionTable = (counts: readonly MistakeCount[]): FindingsTable => ({
  title: "What the right masks are made of",
  columns: ["model and batch", "masks", "conditions", "masks that are no interval of keys", "passes clean"],
  rows: counts.map(({ architecture, collation, masks, conditions, broken, clean }) => {
    const name = `${architecture}, ${collation}`;
    return [name, masks, conditions, broken, clean ? "yes" : "no"];
  }),
});

const labelLeakTable = (counts: readonly MistakeCount[]): FindingsTable => ({
  title: "Mistakes by which a prediction sees its label or a later one",
  columns: ["model and batch", "mask", "mistake"],
  rows: counts.flatMap(({ architecture, collation, mistakes }) =>
    mistakes
      .filter(({ outcome }) => outcome === "label leak")
      .map(({ at, what }) => [`${architecture}, ${collation}`, at, what]),
  ),
});

const dialogueTable = (dialogues: readonly DialoguePositions[]): FindingsTable => ({
  title: "Positions that a dialogue encodes",
  columns: ["architecture", "tokens", "encoded", "of these again"],
  rows: dialogues.map(({ architecture, tokens, encoded, recomputed }) => [architecture, tokens, encoded, recomputed]),
});

const dialogueChart = (dialogues: readonly DialoguePositions[]): Chart => ({
  title: "Positions encoded again in each turn",
  x: { title: "turn" },
  y: { title: "positions encoded again" },
  series: dialogues.map(({ architecture, turns }) => ({
    name: architecture,
    points: turns.map((y, at) => ({ x: at + 1, y })),
  })),
});
