import { ConfigError } from "@trivium/core";
import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { flagName } from "./flag-name.ts";
import { parseCount } from "./parse-count.ts";
import { parseOptions } from "./parse-options.ts";

/** Adds the flags that say how tokens are chosen. */
export const addStrategyFlags = (command: Command): Command =>
  command
    .option("--strategy <name>", "greedy, sample or beam. Default: what the other flags are for, else greedy")
    .option("--strategy-options <json>", "options of the strategy, as JSON")
    .option("--beam <count>", "beam: how many hypotheses stay open")
    .option("--temperature <number>", "sample: divisor of the logits")
    .option("--top-k <count>", "sample: draw from so many tokens")
    .option("--top-p <share>", "sample: draw from the most probable tokens that have this probability together");

/** The strategy that the flags name, or are for. @throws {ConfigError} `cli/strategy` if one is of another strategy. */
export function strategyOf(flags: CommandContext["flags"]): {
  name: string;
  options: Readonly<Record<string, unknown>>;
} {
  const given = (names: readonly string[]) => names.filter((name) => flags[name] !== undefined);
  const own = { greedy: [], sample: given(["temperature", "topK", "topP"]), beam: given(["beam"]) };
  const name = (flags.strategy ??
    (own.beam.length > 0 ? "beam" : own.sample.length > 0 ? "sample" : "greedy")) as string;
  const others = Object.entries(own).flatMap(([strategy, names]) => (strategy === name ? [] : names));
  if (others.length > 0) {
    const message = `the strategy ${name} does not take ${others.map(flagName).join(", ")}; leave it out, or choose another`;
    throw new ConfigError("cli/strategy", message);
  }
  const counts = ["beam", "topK"];
  const read = (flag: string): number =>
    counts.includes(flag) ? parseCount(flagName(flag).slice(2), flags[flag]) : Number(flags[flag]);
  const names = own[name as keyof typeof own] ?? [];
  const said = Object.fromEntries(names.map((flag) => [flag, read(flag)]));
  return { name, options: { ...parseOptions("strategy-options", flags.strategyOptions), ...said } };
}
