import { createPacer, DataError } from "@trivium/core";
import { countUnknown, evaluationBatches } from "@trivium/data";
import { type Example, type Features, isPair } from "@trivium/features";
import { answersAsTheyEnd, beam as beamSearch, generate, greedy } from "@trivium/generate";
import { forwardBytes, languageTask, rowsThatFit } from "@trivium/model";
import { splitUnits, type TextUnit } from "@trivium/text";
import { type ErrorRates, type Nearest, nearestReference, ratesOf } from "./error-rate.ts";
import type { EvaluateOptions, HeldOut } from "./evaluate-options.ts";
import { type Likelihood, likelihood } from "./likelihood.ts";
import type { Segment } from "./metrics/metric.ts";
import { type MetricScores, scoreSegments } from "./metrics/score-segments.ts";
import { natsOfRows, supervisedByRow } from "./nats-of-rows.ts";
import { joinParts, type Part } from "./share.ts";
import { answerPieces, type ShownAnswer } from "./show-answer.ts";
import { spellPrediction } from "./spell-prediction.ts";
import { sumOf, supervisedIds, supervisedSize } from "./supervised-text.ts";

/** The scores of a model on held-out examples. */
export interface Evaluation extends Partial<ErrorRates> {
  /** Nats per held-out target token: the same tokens for every architecture. */
  readonly targetLoss: number;
  readonly perplexity: number;
  readonly bitsPerCharacter: number;
  /** Bits per byte of the target text in UTF-8. */
  readonly bitsPerByte: number;
  readonly targetTokens: number;
  /** The loss of each task, in nats per target token. Absent if the examples have no tasks. */
  readonly tasks?: Readonly<Record<string, Pick<Evaluation, "targetLoss" | "targetTokens">>> | undefined;
  /** Share of the sources' and targets' tokens that are unknown to the vocabulary. */
  readonly unknownShare: number;
  /** The unit of `per`. Absent if none was decoded. */
  readonly unit?: TextUnit | undefined;
  /**
   * The scores of each requested metric; segments follow the order of the decoded examples. Absent if none was decoded.
   */
  readonly metrics?: readonly MetricScores[] | undefined;
  /** The first decoded examples, their errors marked. Absent if none was asked for, or decoded. */
  readonly shown?: readonly ShownAnswer[] | undefined;
}

export type EvaluateEvent =
  | { readonly type: "progress"; readonly phase: "loss" | "decoding"; readonly done: number; readonly total: number }
  | { readonly type: "evaluated"; readonly evaluation: Evaluation };

/**
 * Scores a model on held-out examples: likelihood of the targets under teacher forcing, then decoding against the
 * references.
 *
 * Whatever the model was trained with, loss is taken on the target tokens alone, without smoothing or penalty, and a
 * text without a source is cut at the same place for every architecture; so the numbers compare. Decoded texts are
 * scored against the texts of the references, and what the vocabulary cannot say is wrong.
 *
 * @throws {DataError} `evaluator/no-targets` if there is nothing to score; what `generate` throws.
 * @example const { targetLoss, per } = await consume(evaluate({ model, parameters, objective, special, heldOut, decodeTarget }));
 */
export async function* evaluate(options: EvaluateOptions): AsyncGenerator<EvaluateEvent, Evaluation> {
  return (yield* evaluateExamples(options)).evaluation;
}

/** The contribution of each held-out example to an evaluation, as paired statistics need it. */
export interface ExampleScores {
  /** Negative log-likelihood of each target, nats. */
  readonly nats: readonly number[];
  /** Tokens of each target. */
  readonly tokens: readonly number[];
  /** Edits to the nearest reference of each decoded example, in order. */
  readonly edits: readonly number[];
  /** Length of the nearest reference, in the unit of the error rate. */
  readonly symbols: readonly number[];
}

/** An evaluation with the contributions of the single examples. */
export interface ExampleEvaluation {
  readonly evaluation: Evaluation;
  readonly examples: ExampleScores;
}

/**
 * Scores a model as `evaluate` does, and returns the contribution of each example too.
 *
 * @throws what `evaluate` throws.
 * @example const { examples } = await consume(evaluateExamples(options));
 */
export async function* evaluateExamples(options: EvaluateOptions): AsyncGenerator<EvaluateEvent, ExampleEvaluation> {
  const { nats, tokens, tasks, likelihood: targets } = yield* evaluateLikelihood(options);
  const decoded = yield* evaluateDecoding(options);
  const unit = options.unit ?? options.tokenizer?.unit ?? "character";
  const split = (text: string) => splitUnits(text, unit);
  const nearest = decoded.map(({ prediction, references }) =>
    nearestReference({ prediction: split(prediction), references: references.map(split) }),
  );
  const { loss: targetLoss, tokens: targetTokens, ...units } = targets;
  const shown = shownAnswers(options, { decoded, unit, nearest });
  const rates = nearest.length > 0 ? { unit, ...ratesOf(nearest), ...metricScores(options, decoded), ...shown } : {};
  const { unknown, tokens: given } = countUnknown(
    options.heldOut.map(({ example }) => example),
    options.special,
  );
  const unknownShare = unknown / Math.max(1, given);
  const evaluation = { targetLoss, ...units, targetTokens, tasks, unknownShare, ...rates };
  yield { type: "evaluated", evaluation };
  const [edits, symbols] = [nearest.map((one) => one.edits), nearest.map((one) => one.symbols)];
  return { evaluation, examples: { nats, tokens, edits, symbols } };
}

interface TargetScores {
  readonly nats: number[];
  readonly tokens: number[];
  readonly tasks: Evaluation["tasks"];
  readonly likelihood: Likelihood;
}

/** The scores of one example. */
interface TargetRow {
  readonly nats: number;
  readonly tokens: number;
  readonly characters: number;
  readonly bytes: number;
  readonly task?: string | undefined;
}

async function* evaluateLikelihood(options: EvaluateOptions): AsyncGenerator<EvaluateEvent, TargetScores> {
  const { heldOut, share } = options;
  const { rows, isStopped } = yield* joinParts(scoreTargets(options), heldOut.length, share);
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  const valuesOf = (key: Exclude<keyof TargetRow, "task">) => heldOut.map((_, index) => byIndex.get(index)?.[key] ?? 0);
  const scores = { nats: valuesOf("nats"), tokens: valuesOf("tokens") };
  const [nats, tokens] = [sumOf(scores.nats), sumOf(scores.tokens)];
  if (tokens === 0 && !isStopped) {
    const message = `no target token to score in ${heldOut.length} held-out examples; hold some out`;
    throw new DataError("evaluator/no-targets", message);
  }
  const tasks = lossOfTasks(
    heldOut.map((_, index) => byIndex.get(index)?.task),
    scores,
  );
  const [characters, bytes] = [sumOf(valuesOf("characters")), sumOf(valuesOf("bytes"))];
  return { ...scores, tasks, likelihood: likelihood({ nats, tokens, characters, bytes }) };
}

/** Scores the targets of every batch, or of those of this process. */
async function* scoreTargets(options: EvaluateOptions): AsyncGenerator<EvaluateEvent, Part<TargetRow>> {
  const { model, parameters, objective, special, tokenizer, heldOut, batchSize = 256, signal, share } = options;
  const scoring = objective.scoring?.() ?? objective;
  const task = languageTask({ model, objective: scoring });
  const examples = heldOut.map(({ example }) => example);
  const rows: (TargetRow & { readonly index: number })[] = [];
  const pause = createPacer();
  const together = (features: readonly Features[]) => rowsThatFit(features, (shape) => forwardBytes(model, shape));
  const given = { examples, special, tokenizer, objective: scoring, batchSize, together };
  let [done, number] = [0, 0];
  for (const { batch, indices } of evaluationBatches(given)) {
    if (signal?.aborted) break;
    done += batch.size;
    if (share && number++ % share.ranks !== share.rank) continue;
    const nats = await natsOfRows(task, parameters, batch);
    const tokens = supervisedByRow(batch);
    const ids = supervisedIds(batch, special);
    for (const [row, index] of indices.entries()) {
      const size = supervisedSize(heldOut[index]!, ids[row]!, options.decodeTarget);
      rows.push({ index, nats: nats[row]!, tokens: tokens[row]!, ...size, task: batch.tasks?.[row] });
    }
    yield { type: "progress", phase: "loss", done, total: examples.length };
    await pause();
  }
  return { rows, isStopped: signal?.aborted ?? false };
}

/** The loss of each task that a name stands for. */
function lossOfTasks(
  names: readonly (string | undefined)[],
  { nats, tokens }: Pick<TargetScores, "nats" | "tokens">,
): Evaluation["tasks"] {
  const known = [...new Set(names)].filter((name) => name !== undefined).sort();
  if (known.length === 0) return undefined;
  const losses = known.map((name) => {
    const of = (values: readonly number[]) => sumOf(values.filter((_, index) => names[index] === name));
    return [name, { targetLoss: of(nats) / Math.max(1, of(tokens)), targetTokens: of(tokens) }] as const;
  });
  return Object.fromEntries(losses);
}

const metricScores = ({ metrics }: EvaluateOptions, decoded: readonly Segment[]) =>
  metrics?.length ? { metrics: metrics.map((metric) => scoreSegments(metric, decoded)) } : {};

/** The texts of a prediction and its references. */
interface Decoded extends Segment {
  readonly example: Example;
  /** The answer's text as it is; in `prediction`, what the vocabulary cannot say equals nothing. */
  readonly text: string;
}

interface Shown {
  readonly decoded: readonly Decoded[];
  readonly unit: TextUnit;
  readonly nearest: readonly Nearest[];
}

/** Decodes the examples, and returns the texts of predictions and references. */
async function* evaluateDecoding(options: EvaluateOptions): AsyncGenerator<EvaluateEvent, readonly Decoded[]> {
  const { objective, heldOut, decoded = heldOut.length, share } = options;
  const chosen = heldOut.filter(({ references }) => references.length > 0).slice(0, decoded);
  if (chosen.length === 0 || !objective.prompt) return [];
  const { rows } = yield* joinParts(decodeChosen(options, chosen), chosen.length, share);
  const scored: Decoded[] = [];
  for (const { index, ids } of rows) {
    const { example, references } = chosen[index] as HeldOut;
    const prediction = spellPrediction(ids, references, options);
    scored[index] = { example, prediction, references, text: options.decodeTarget(ids) };
  }
  // Aborted, it has gaps, and its numbers are of a part of the examples.
  return scored.filter((one) => one !== undefined);
}

/** Decodes every batch, or those of this process. */
async function* decodeChosen(
  options: EvaluateOptions,
  chosen: readonly HeldOut[],
): AsyncGenerator<EvaluateEvent, Part<{ readonly ids: readonly number[] }>> {
  const { model, parameters, objective, special, tokenizer, signal, share } = options;
  const { maximumTokens = 48, batchSize = 256, beam } = options;
  const rows: { readonly index: number; readonly ids: readonly number[] }[] = [];
  const examples = chosen.map(({ example }) => example);
  // The same for every architecture: what a single stream has left behind its source.
  const limits = examples.map((example) =>
    Math.max(1, Math.min(maximumTokens, model.config.length - sourceLength(example))),
  );
  const strategy = beam === undefined ? greedy() : beamSearch({ beam });
  const asked = { model, parameters, objective, special, tokenizer, examples, signal, share };
  const events = generate({ ...asked, maximumTokens: limits, batchSize, strategy });
  for await (const { index, ids, reason } of answersAsTheyEnd(events)) {
    if (reason === "aborted") continue;
    rows.push({ index, ids });
    const done = rows.length;
    if (done % batchSize === 0 || done === chosen.length)
      yield { type: "progress", phase: "decoding", done, total: chosen.length };
  }
  return { rows, isStopped: signal?.aborted ?? false };
}

function shownAnswers({ shown = 0, tokenizer }: EvaluateOptions, { decoded, unit, nearest }: Shown) {
  if (shown === 0) return {};
  const answers = decoded.slice(0, shown).map(({ example, text, references }, at): ShownAnswer => {
    const source = isPair(example) ? tokenizer?.decodeSource(example.source) : tokenizer?.decodeTarget(example.tokens);
    const pieces = answerPieces({ prediction: text, references }, unit);
    return { source, pieces, references, edits: (nearest[at] as Nearest).edits };
  });
  return { shown: answers };
}

const sourceLength = (example: Example): number => (isPair(example) ? example.source.length : example.tokens.length);
