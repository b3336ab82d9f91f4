import { type AnswerPiece, answerPieces, errorRates } from "@trivium/evaluator";
import { collectAnswers, generate } from "@trivium/generate";
import type { ParameterTree } from "@trivium/tensor";
import { splitUnits } from "@trivium/text";
import type { Arm } from "./arms.ts";
import type { TrainingData } from "./training-data.ts";

/** Held-out examples that are answered, and those of them that are shown. */
const ANSWERED = 64;
const SHOWN = 6;

/** A held-out example and an arm's answer to it. */
export interface ShownExample {
  readonly source: string;
  readonly wanted: string;
  /** The answer in pieces, held against what is wanted. */
  readonly pieces: readonly AnswerPiece[];
}

/** How well an arm answers held-out examples. */
export interface HeldOutReport {
  /** Edits ÷ symbols of what is wanted. */
  readonly errorRate: number;
  /** What stands between two pieces of an answer. */
  readonly between: "" | " ";
  readonly examples: readonly ShownExample[];
}

/** Answers held-out examples greedily. The parameters are borrowed. */
export async function answerHeldOut(
  { model, objective }: Pick<Arm, "model" | "objective">,
  parameters: ParameterTree,
  { tokenizer, heldOut, length }: TrainingData,
): Promise<HeldOutReport | undefined> {
  const asked = heldOut.slice(0, ANSWERED);
  if (asked.length === 0) return undefined;
  const { special, unit = "character" } = tokenizer;
  const request = { model, parameters, objective, special, examples: asked.map(({ example }) => example) };
  const answers = await collectAnswers(generate({ ...request, maximumTokens: length }));
  const answered = asked.map(({ example, references }, at) => {
    const prediction = tokenizer.decodeTarget(answers[at]?.[0]?.ids ?? []);
    const source = "source" in example ? tokenizer.decodeSource(example.source) : "";
    return { source, prediction, references };
  });
  const scored = answered.map(({ prediction, references }) => ({
    prediction: splitUnits(prediction, unit),
    references: references.map((reference) => splitUnits(reference, unit)),
  }));
  const examples = answered.slice(0, SHOWN).map(({ source, prediction, references }) => ({
    source,
    wanted: references[0] ?? "",
    pieces: answerPieces({ prediction, references }, unit),
  }));
  return { errorRate: errorRates(scored).per, between: unit === "symbol" ? " " : "", examples };
}
