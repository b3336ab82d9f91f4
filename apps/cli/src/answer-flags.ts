import { readFile } from "node:fs/promises";
import { withFileErrors } from "@trivium/checkpoint/node";
import type { AnswerOptions, OpenedModel } from "@trivium/compose";
import { ConfigError, type Json } from "@trivium/core";
import { type LogitsProcessor, type Strategy, stopStrings } from "@trivium/generate";
import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { flagName } from "./flag-name.ts";
import { parseCount } from "./parse-count.ts";
import { parseOptions } from "./parse-options.ts";

type Flags = CommandContext["flags"];

/** The flags of each strategy; what a plugin of a user's takes stands in its options. */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  beam: ["beam"],
  "length-beam": ["beam"],
  sample: ["temperature", "topK", "topP", "minP", "typicalP"],
};
const counts = ["beam", "topK"];

/** Adds the flags that say how to answer. */
export const addAnswerFlags = (command: Command): Command =>
  command
    .option("--tokens <count>", "the most tokens of an answer. Default: what the model's files say, else 64")
    .option(
      "--strategy <name>",
      "greedy, sample, contrastive, beam or length-beam. Default: what other flags are for, else the model's own, else greedy",
    )
    .option("--strategy-options <json>", "options of the strategy, as JSON")
    .option("--beam <count>", "beam, length-beam: how many hypotheses stay open")
    .option("--temperature <number>", "sample: divisor of the logits")
    .option("--top-k <count>", "sample: draw from so many tokens")
    .option("--top-p <share>", "sample: draw from the most probable tokens that have this probability together")
    .option("--min-p <share>", "sample: draw from tokens that have this share of the greatest probability")
    .option("--typical-p <share>", "sample: draw from the most typical tokens that have this probability together")
    .option("--processors <json>", 'logits processors by name: {"repetition-penalty": {"penalty": 1.2}}')
    .option("--stop <text...>", "end an answer before this text")
    .option("--no-defaults", "leave out what the model's files say of generation")
    .option("--seed <number>", "decides what is drawn", "0");

/** Adds the flags that say how a conversation is written for a model. */
export const addChatFlags = (command: Command): Command =>
  command
    .option("--system <text>", "what the model is told before the first message")
    .option("--chat-template <file>", "a template in Jinja in the place of the model's own");

/** Returns the text of the template that the flags name. @throws {CheckpointError} if it cannot be read. */
export async function chatTemplateOf({ chatTemplate: file }: Flags): Promise<string | undefined> {
  if (typeof file !== "string") return undefined;
  return withFileErrors("read the chat template", file, () => readFile(file, "utf8"));
}

export interface AskedAnswers extends AnswerOptions {
  readonly seed: number;
}

/**
 * Returns how flags ask to answer. Options of a strategy are laid over those that the model's files have for it.
 *
 * @throws {ConfigError} `cli/strategy` if a flag is of another strategy, `cli/count`; what the plugins throw.
 */
export function answersOfFlags(flags: Flags, { registry, generation }: OpenedModel): AskedAnswers {
  const defaults = flags.defaults !== false;
  const { name, options } = strategyOf(flags);
  const own = name !== undefined && defaults && generation ? generation().strategy : undefined;
  const before = own?.name === name ? own?.options : {};
  const processors = Object.entries(parseOptions("processors", flags.processors)).map(
    ([processor, given]) => registry.create("logits-processor", processor, given) as LogitsProcessor,
  );
  return {
    defaults,
    tokens: flags.tokens === undefined ? undefined : parseCount("tokens", flags.tokens),
    seed: parseCount("seed", flags.seed, 0),
    strategy:
      name === undefined ? undefined : (registry.create("strategy", name, { ...before, ...options }) as Strategy),
    processors,
    stop: flags.stop ? [stopStrings({ strings: flags.stop as string[] })] : [],
  };
}

interface NamedStrategy {
  /** Undefined where no flag is about strategies. */
  readonly name?: string | undefined;
  readonly options: Readonly<Record<string, Json>>;
}

/** The strategy that the flags name, or are for. @throws {ConfigError} `cli/strategy` if one is of another strategy. */
export function strategyOf(flags: Flags): NamedStrategy {
  const given = Object.entries(flagsOf).flatMap(([strategy, names]) =>
    names.filter((flag) => flags[flag] !== undefined).map((flag) => ({ strategy, flag })),
  );
  const options = parseOptions("strategy-options", flags.strategyOptions);
  const isSaid = flags.strategy !== undefined || flags.strategyOptions !== undefined;
  const name = (flags.strategy ?? given[0]?.strategy ?? (isSaid ? "greedy" : undefined)) as string | undefined;
  const taken = flagsOf[name ?? ""] ?? [];
  const others = [...new Set(given.map(({ flag }) => flag))].filter((flag) => !taken.includes(flag));
  if (others.length > 0) {
    const message = `the strategy ${name} does not take ${others.map(flagName).join(", ")}; leave it out, or choose another`;
    throw new ConfigError("cli/strategy", message);
  }
  const read = (flag: string): number =>
    counts.includes(flag) ? parseCount(flagName(flag).slice(2), flags[flag]) : Number(flags[flag]);
  const said = Object.fromEntries(taken.flatMap((flag) => (flags[flag] === undefined ? [] : [[flag, read(flag)]])));
  return { name, options: { ...options, ...said } };
}
