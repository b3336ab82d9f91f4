import { ConfigError, createRandom } from "@trivium/core";
import { type Features, type PairExample, type TokensExample, toBatch } from "@trivium/features";
import { factorsOf, forwardBytes, type LanguageModel, rowsThatFit } from "@trivium/model";
import { type FeatureContext, type Objective, promptOf } from "@trivium/objectives";
import { type FactoredLogits, linearCrossEntropy, type ParameterTree, type Tensor1D, tf } from "@trivium/tensor";

/** A context, and the continuations to score. */
export interface ScoreContinuationsOptions extends Pick<FeatureContext, "special" | "tokenizer"> {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  /** The objective that the model was trained with: its prompt is the context. */
  readonly objective: Pick<Objective, "name" | "prompt">;
  /** A text that goes on, or a source whose whole target, with its end, each continuation is. */
  readonly context: TokensExample | Pick<PairExample, "source">;
  /** Token ids, without special ones. */
  readonly continuations: readonly (readonly number[])[];
  /** The most rows to run together; fewer where they would not fit into memory. Default 64. */
  readonly batchSize?: number | undefined;
}

/** The likelihood of a continuation under a model. */
export interface ContinuationScore {
  /** `−log p(continuation | context)`, the sum over its tokens. */
  readonly nats: number;
  /** Tokens scored; those of a target include its end. */
  readonly tokens: number;
  /** The tokens scored. */
  readonly ids: readonly number[];
  /** Negative log-likelihood of each token given all tokens before it, nats. */
  readonly tokenNats: readonly number[];
}

/**
 * The negative log-likelihood of continuations of one context: `Σ −log p(token | context, tokens before it)`.
 *
 * The context is seen as in decoding: token after token in a causal model, in both directions in a prefix model, by the
 * encoder in an encoder–decoder; continuations are causal in all three. A text's continuation does not end, a source's
 * target does: the ids that end it are scored behind it.
 *
 * @returns one score for each continuation, in their order.
 * @throws {ConfigError} `evaluator/continuation` if a continuation of a text is empty, `evaluator/context` if there is no
 *   token to predict the first one from; what the model's `states` throw, `model/length` among it.
 * @source Gao et al., `loglikelihood` of lm-evaluation-harness, https://github.com/EleutherAI/lm-evaluation-harness
 * @example
 * const scores = scoreContinuations({ model, parameters, objective, special, context: { tokens }, continuations: [[7], [8, 9]] });
 * mostLikely(scores, { per: "token" });
 */
export function scoreContinuations({
  context,
  continuations,
  ...options
}: ScoreContinuationsOptions): ContinuationScore[] {
  const prompt = contextOf(options, context);
  return scoreRows(
    options,
    continuations.map((ids) => appendTo(prompt, completed(ids, prompt, { context, special: options.special }))),
  );
}

/** A context, and what follows it. */
export interface Followed {
  readonly context: ScoreContinuationsOptions["context"];
  readonly continuation: readonly number[];
}

/** The same for a context of each continuation. @throws {ConfigError} what `scoreContinuations` throws. */
export function scoreFollowed(options: ScoringOptions, items: readonly Followed[]): ContinuationScore[] {
  const rows = items.map(({ context, continuation }) => {
    const prompt = contextOf(options, context);
    return appendTo(prompt, completed(continuation, prompt, { context, special: options.special }));
  });
  return scoreRows(options, rows);
}

type ScoringOptions = Omit<ScoreContinuationsOptions, "context" | "continuations">;

function scoreRows(options: ScoringOptions, rows: readonly Features[]): ContinuationScore[] {
  const scores: ContinuationScore[] = [];
  while (scores.length < rows.length) {
    const next = rows.slice(scores.length, scores.length + (options.batchSize ?? 64));
    const together = rowsThatFit(next, (shape) => forwardBytes(options.model, shape));
    scores.push(...scoreBatch(options, next.slice(0, together)));
  }
  return scores;
}

function contextOf(
  { objective, special, tokenizer }: ScoringOptions,
  context: ScoreContinuationsOptions["context"],
): Features {
  const example = "source" in context ? { source: context.source, target: [] } : context;
  const prompt = promptOf(objective, example, { special, tokenizer, random: createRandom("continuations") });
  if (Object.values(prompt.streams).at(-1)?.length) return prompt;
  const message = "a text without a token has nothing to predict its first token from; give the context at least one";
  throw new ConfigError("evaluator/context", message);
}

function completed(
  ids: readonly number[],
  { streams }: Features,
  { context, special: { frame } }: Pick<ScoreContinuationsOptions, "context" | "special">,
): readonly number[] {
  const around = Object.keys(streams).length > 1 ? frame.target : frame.joined;
  if ("source" in context) return [...ids, ...(around?.after ?? [])];
  if (ids.length > 0) return ids;
  throw new ConfigError("evaluator/continuation", "a continuation of a text has at least one token, got none");
}

/** The last token of the prompt predicts the first of the continuation, and that the next; the last predicts nothing. */
function appendTo(prompt: Features, ids: readonly number[]): Features {
  const [name, given] = Object.entries(prompt.streams).at(-1) as [string, readonly number[]];
  const unscored = given.slice(1).map(() => 0);
  return {
    ...prompt,
    streams: { ...prompt.streams, [name]: [...given, ...ids.slice(0, -1)] },
    targets: [...unscored, ...ids],
    lossWeights: [...unscored, ...ids.map(() => 1)],
  };
}

function scoreBatch({ model, parameters, special }: ScoringOptions, rows: readonly Features[]): ContinuationScore[] {
  const batch = toBatch(rows, { pad: special.pad });
  const length = batch.targets.length / batch.size;
  const places = [...batch.lossWeights.keys()].filter((at) => batch.lossWeights[at] !== 0);
  const targets = places.map((at) => batch.targets[at] as number);
  const nats = tf.tidy(() => lossesAt(factorsOf(model, parameters, batch), places, targets).dataSync());
  const ofRow = rows.map(() => ({ ids: [] as number[], tokenNats: [] as number[] }));
  for (const [index, place] of places.entries()) {
    const own = ofRow[Math.floor(place / length)];
    own?.ids.push(targets[index] as number);
    own?.tokenNats.push(nats[index] as number);
  }
  return ofRow.map(({ ids, tokenNats }) => ({
    nats: tokenNats.reduce((sum, value) => sum + value, 0),
    tokens: tokenNats.length,
    ids,
    tokenNats,
  }));
}

/** The loss at some places alone: a long context costs no logits. */
function lossesAt(all: FactoredLogits, places: number[], targets: number[]): Tensor1D {
  const states = tf.gather(all.states, tf.tensor1d(places, "int32"));
  return linearCrossEntropy({ ...all, states }, tf.tensor1d(targets, "int32"), tf.ones([targets.length]));
}
