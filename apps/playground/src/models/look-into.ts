import { createRandom } from "@trivium/core";
import { type Features, toBatch } from "@trivium/features";
import { collectAnswers, generate } from "@trivium/generate";
import { toDense } from "@trivium/masks";
import type { LanguageModel } from "@trivium/model";
import { promptOf } from "@trivium/objectives";
import { type LayerAttention, readAttention } from "@trivium/probes";
import { type HeldModel, labelsOf } from "./held-model.ts";
import type { Asked, AttentionKind, AttentionMap, LookedModel } from "./protocol.ts";

/** Most tokens of a stream that are shown, and most weights of a model. */
const MOST_TOKENS = 512;
const MOST_WEIGHTS = 2 ** 24;

/** Most tokens of a model's own answer. */
const MOST_ANSWERED = 64;

/** Runs a model on a text and returns the attention of all its heads. The parameters are borrowed. */
export async function lookInto(held: HeldModel, asked: Asked): Promise<LookedModel> {
  const { name, model, parameters, tokenizer, objective, task } = held;
  const { special } = tokenizer;
  const most = mostTokens(model);
  const context = { special, tokenizer, random: createRandom(0) };
  const cut = (ids: readonly number[], count: number) => ids.slice(0, count);
  let features: Features;
  let answer = asked.target;
  let isCut: boolean;
  if (task === "text") {
    const tokens = tokenizer.encodeTarget(asked.source);
    isCut = tokens.length > most;
    features = promptOf(objective, { tokens: cut(tokens, most) }, context);
  } else {
    const ids = tokenizer.encodeSource(asked.source);
    const source = cut(ids, Math.floor(most / 2));
    const target = answer === "" ? await ownAnswer(held, source) : tokenizer.encodeTarget(answer);
    if (answer === "") answer = tokenizer.decodeTarget(target);
    isCut = ids.length > source.length || target.length > most - source.length;
    features = objective.features({ source, target: cut(target, most - source.length) }, context);
  }
  const labelOf = labelsOf(tokenizer);
  const labels = new Map(Object.entries(features.streams).map(([stream, ids]) => [stream, ids.map(labelOf)]));
  const maps: AttentionMap[] = [];
  readAttention({ model, parameters, input: toBatch([features]), attention: model.attention }, (attention) => {
    maps.push(mapOf(attention, model, labels));
  });
  return { name, answer, isOwnAnswer: asked.target === "", maps, cutTo: isCut ? most : undefined };
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
