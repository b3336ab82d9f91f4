import { createRandom } from "@trivium/core";
import { type Features, toBatch } from "@trivium/features";
import { collectAnswers, generate } from "@trivium/generate";
import { toDense } from "@trivium/masks";
import type { LanguageModel } from "@trivium/model";
import { type FeatureContext, promptOf } from "@trivium/objectives";
import { type LayerAttention, readAttention } from "@trivium/probes";
import type { PairTokenizer } from "@trivium/text";
import { type HeldModel, labelsOf } from "./held-model.ts";
import type { Asked, AttentionKind, AttentionMap, LookedModel } from "./protocol.ts";

/** Most tokens of a stream that are shown, and most weights of a model. */
const MOST_TOKENS = 512;
const MOST_WEIGHTS = 2 ** 24;

/** Most tokens of a model's own answer. */
const MOST_ANSWERED = 64;

/** A text as a model takes it. */
interface Read {
  readonly features: Features;
  readonly answer: string;
  readonly isCut: boolean;
}

/** Runs a model on a text and returns the attention of all its heads. The parameters are borrowed. */
export async function lookInto(held: HeldModel, asked: Asked): Promise<LookedModel> {
  const { name, model, parameters, tokenizer, task } = held;
  const most = mostTokens(model);
  const { features, answer, isCut } =
    task === "text" ? readText(held, asked.source, most) : await readPair(held, asked, most);
  const labelOf = labelsOf(tokenizer);
  const labels = new Map(Object.entries(features.streams).map(([stream, ids]) => [stream, ids.map(labelOf)]));
  const maps: AttentionMap[] = [];
  readAttention({ model, parameters, input: toBatch([features]), attention: model.attention }, (attention) => {
    maps.push(mapOf(attention, model, labels));
  });
  return { name, answer, isOwnAnswer: asked.target === "", maps, cutTo: isCut ? most : undefined };
}

const contextOf = (tokenizer: PairTokenizer): FeatureContext => ({
  special: tokenizer.special,
  tokenizer,
  random: createRandom(0),
});

function readText({ tokenizer, objective }: HeldModel, text: string, most: number): Read {
  const tokens = tokenizer.encodeTarget(text);
  const features = promptOf(objective, { tokens: tokens.slice(0, most) }, contextOf(tokenizer));
  return { features, answer: "", isCut: tokens.length > most };
}

async function readPair(held: HeldModel, asked: Asked, most: number): Promise<Read> {
  const { model, tokenizer, objective } = held;
  const context = contextOf(tokenizer);
  const ids = tokenizer.encodeSource(asked.source);
  // A separator may stand between the source and the target.
  const room = most - 1;
  const source = ids.slice(0, Math.floor(room / 2));
  const given = asked.target === "" ? undefined : tokenizer.encodeTarget(asked.target);
  const target = given ?? (await ownAnswer(held, source));
  const features = objective.features({ source, target: target.slice(0, room - source.length) }, context);
  // An answer that reached the model's length has a last token that is not run.
  const excess = Math.max(...Object.values(features.streams).map((stream) => stream.length)) - model.length;
  const isWhole = given !== undefined || excess <= 0;
  return {
    features: isWhole ? features : objective.features({ source, target: target.slice(0, -excess) }, context),
    answer: asked.target || tokenizer.decodeTarget(target),
    isCut: ids.length > source.length || target.length > room - source.length,
  };
}

/** Returns the most tokens of a model of which every head can be shown. */
function mostTokens({ config }: LanguageModel): number {
  const layers = Object.values({ layers: config.layers }).flatMap((of) =>
    typeof of === "object" ? Object.values(of) : [of ?? 1],
  );
  const heads = layers.reduce((sum, count) => sum + count, 0) * (config.heads ?? 1) * 2;
  return Math.min(MOST_TOKENS, Math.floor(Math.sqrt(MOST_WEIGHTS / heads)));
}

async function ownAnswer({ model, parameters, objective, tokenizer }: HeldModel, source: readonly number[]) {
  const { special } = tokenizer;
  const examples = [{ source, target: [] }];
  const maximumTokens = Math.min(MOST_ANSWERED, model.length);
  const request = { model, parameters, objective, special, tokenizer, examples, maximumTokens };
  const [[answer] = []] = await collectAnswers(generate(request));
  return answer?.ids ?? [];
}

function mapOf(
  { stream, layer, over, weights, request }: LayerAttention,
  { streams }: LanguageModel,
  labels: ReadonlyMap<string, readonly string[]>,
): AttentionMap {
  const [, heads, queries, keys] = weights.shape;
  const own = labels.get(stream) ?? [];
  const before = labels.get(streams[streams.indexOf(stream) - 1] ?? "") ?? [];
  const kind: AttentionKind = over === "cross" ? "cross" : stream === streams.at(-1) ? "decoder" : "encoder";
  // Merged attention reads both streams.
  const keyLabels = over === "cross" ? before : keys === queries ? own : [...before, ...own];
  const visible = toDense(request.mask, { queries, keys }).values.slice(0, queries * keys);
  const values = Float32Array.from(weights.dataSync());
  return { kind, layer, heads, queries, keys, weights: values, visible, queryLabels: own, keyLabels };
}
