import {
  behindPrompt,
  type GenerateOptions,
  generatePlugins,
  greedy,
  inReferenceOrder,
  type LogitsProcessor,
  type StopRule,
  type Strategy,
} from "@trivium/generate";
import type { GenerationDefaults } from "@trivium/pretrained";
import { createRegistry } from "@trivium/registry";
import type { SpecialTokens } from "@trivium/text";
import type { OpenedModel } from "./opened-model.ts";

export interface AnswerOptions extends Pick<GenerateOptions, "strategy" | "processors" | "stop" | "samples"> {
  /** The most tokens of an answer. Default: what the model's files say, else 64. */
  readonly tokens?: number | undefined;
  /** Applies what the model's files say of generation where nothing else is asked for. Default true. */
  readonly defaults?: boolean | undefined;
}

/** The options of `generate` but for the examples. */
export type AnswerRequest = Omit<GenerateOptions, "examples">;

type Answerer = Pick<OpenedModel, "model" | "parameters" | "objective" | "tokenizer" | "task" | "generation">;

const registry = createRegistry(generatePlugins);
const nothing: GenerationDefaults = {
  strategy: { name: "greedy", options: {} },
  processors: [],
  stop: [],
  samples: 1,
  forcesFirst: false,
};

/**
 * Returns what `generate` takes to answer with an opened model: its tokenizer, and what its files say of generation where
 * nothing else is asked for. A strategy replaces the one of the files with its number of answers, a processor the one of its
 * name; all run in the order of `inReferenceOrder`. Stop rules of both hold.
 *
 * @throws {CheckpointError} `pretrained/generation` for what the files ask and cannot be applied.
 * @example generate({ ...answerOptions(opened, { tokens: 20 }), examples: [{ tokens: opened.tokenizer.encodeTarget("a") }] })
 */
export function answerOptions(opened: Answerer, asked: AnswerOptions = {}): AnswerRequest {
  const { model, parameters, objective, tokenizer, task } = opened;
  const { tokens, processors = [], stop = [] } = asked;
  const own = (asked.defaults !== false && opened.generation?.()) || nothing;
  const decode = (ids: readonly number[]): string => tokenizer.decodeTarget(ids);
  const isAsked = (name: string): boolean => processors.some((processor) => processor.name === name);
  const kept = own.processors.filter(({ name }) => !isAsked(name)).map(named<LogitsProcessor>("logits-processor"));
  const most = own.length === undefined ? 64 : model.length;
  return {
    model,
    parameters,
    objective,
    special: own.forcesFirst ? withoutFirst(tokenizer.special) : tokenizer.special,
    tokenizer,
    decodeText: task === "pairs" ? decode : behindPrompt(decode),
    strategy: asked.strategy ?? strategyOf(own),
    samples: asked.samples ?? (asked.strategy ? 1 : own.samples),
    processors: inReferenceOrder([...kept, ...processors]),
    stop: [...own.stop.map(named<StopRule>("stop-rule")), ...stop],
    maximumTokens: tokens ?? own.tokens ?? most,
    maximumLength: tokens === undefined ? own.length : undefined,
  };
}

const strategyOf = ({ strategy }: GenerationDefaults): Strategy =>
  strategy.name === "greedy" ? greedy() : named<Strategy>("strategy")(strategy);

/** Makes plugins of a kind by name. */
const named =
  <T>(kind: "strategy" | "logits-processor" | "stop-rule") =>
  ({ name, options }: GenerationDefaults["strategy"]): T =>
    registry.create(kind, name, options) as T;

/** A first token that is forced is part of the answer. */
function withoutFirst(special: SpecialTokens): SpecialTokens {
  const { target } = special.frame;
  return target ? { ...special, frame: { ...special.frame, target: { ...target, before: [] } } } : special;
}
