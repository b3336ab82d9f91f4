import { createRandom } from "@trivium/core";
import { type Architecture, readsOf } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { drawFeatures } from "./draw-features.ts";
import {
  architectures,
  composed,
  describeCase,
  fitted,
  named,
  objectiveCases,
  special,
  titleOf,
  training,
} from "./objective-cases.ts";

type Case = (typeof objectiveCases)[number];

/** The text of all worked examples: three sentences. */
const text = { tokens: [100, 101, 102, 103, 104, 105, 106, 107], ends: true, sentences: [0, 3, 5] };
const pair = { source: [100, 101, 102], target: [103, 104] };

const words = new Map(Object.entries(named).map(([word, id]) => [id, word]));
const wordOf = (id: number): string => words.get(id) ?? String(id - 90);

/** Returns `docs/objectives.md`. */
export function objectivesPage(): string {
  const reasons: string[] = [];
  const rows = objectiveCases.map((one) => {
    const cells = architectures.map((architecture) => cellOf(one, architecture, reasons));
    return `| ${titleOf(one)} | ${cells.join(" | ")} | ${one.loss} |`;
  });
  const names = architectures.map(({ name }) => name);
  return `# Objectives

Each objective is a corruption, a layout and a loss ([concepts](concepts.md)). Where an architecture takes an objective, the
table says in which streams; where it does not, the note says why.

| objective | ${names.join(" | ")} | loss below |
| --- | ${names.map(() => "---").join(" | ")} | --- |
${rows.join("\n")}

${reasons.map((reason, index) => `${index + 1}. ${reason}`).join("\n")}

The last column is what a test holds every combination to: a model of width ${training.width} and ${training.layers} layer trains for ${training.steps} steps of
${training.batch} texts, in which two of ${training.symbols} symbols alternate, and its last losses are below so many nats per token. A guess among the
symbols costs ${Math.log(training.symbols).toFixed(2)}.

Options are those of \`--objective NAME --objective-options JSON\`. All objectives take \`labelSmoothing\`, \`zLoss\`, \`focal\` and
\`taskWeights\`.

The examples below are drawn from a text of the tokens 10 … 17 in the sentences 10 11 12, 13 14 and 15 16 17, or from a pair of
the source 10 11 12 and the target 13 14. S and T are sentinels, and x marks what a position sees of its own stream; a target
sees its whole source besides. A \`mixture\` lays an example out as the part that is drawn for it.

${sections().join("\n\n")}

Written by \`pnpm objectives-docs\`; a test fails when it is out of date.
`;
}

function cellOf(one: Case, architecture: Architecture, reasons: string[]): string {
  const result = composed(one, architecture);
  if (result.works) return result.objective.streams.length > 1 ? "two streams" : "one stream";
  const reason = result.reasons.map(({ message }) => message).join("; ");
  if (!reasons.includes(reason)) reasons.push(reason);
  return `– (${reasons.indexOf(reason) + 1})`;
}

/** A section for each objective, with the example in each layout that it has. */
function sections(): string[] {
  const seen = new Set<string>();
  return objectiveCases.flatMap((one) => {
    if (seen.has(one.name) || one.name === "mixture") return [];
    seen.add(one.name);
    const drawings = architectures.flatMap((architecture) => {
      if (!composed(one, architecture).works) return [];
      const objective = fitted({ name: one.name, options: one.drawn ?? one.options }, architecture);
      const key = `${one.name} ${objective.streams.join()}`;
      const isPlain = readsOf(architecture, objective.streams.at(-1) as string) === "past" && one.name !== "causal-lm";
      if (seen.has(key) || (objective.streams.length === 1 && isPlain)) return [];
      seen.add(key);
      return [`On ${architecture.name}:\n\n\`\`\`text\n${drawnExample(one.name, objective, architecture)}\n\`\`\``];
    });
    return [[`## ${one.name}`, describeCase(one), ...drawings].join("\n\n")];
  });
}

/** The examples of objectives of pairs are pairs, the others texts. */
function drawnExample(name: string, objective: Objective, architecture: Architecture): string {
  const example = ["causal-lm", "prefix-lm", "seq2seq"].includes(name) ? pair : text;
  const features = objective.features(example, { special, random: createRandom("worked example") });
  return drawFeatures(features, architecture, wordOf);
}
