import { ConfigError } from "@trivium/core";
import { type AnyPlugin, createRegistry, validateWith } from "@trivium/registry";
import type { Mask } from "../mask.ts";
import type { MaskPlugin, MaskPlugins } from "../mask-plugin.ts";
import { maskPlugins } from "../plugins.ts";

/** An operator of the text language, and the name of its mask. */
export interface NamedOperator {
  readonly operator: string;
  readonly name: string;
}

/** The mask plugins that text and JSON may name: ours, and those of the caller. */
export interface MaskResolver {
  readonly names: readonly string[];
  /** Operators before a mask. */
  readonly prefixes: readonly NamedOperator[];
  /** Operators between masks, those that bind tightest last. */
  readonly infixes: readonly NamedOperator[];
  find(name: string): MaskPlugin | undefined;
  /**
   * Makes a mask of a plugin that is there.
   *
   * @throws {ConfigError} `masks/parameters` for an option that the plugin does not have, or one that is missing;
   *   `registry/options` if the plugin's schema refuses the options; the errors of its `create`.
   */
  create(name: string, options: Readonly<Record<string, unknown>>, children: readonly Mask[]): Mask;
}

/**
 * Resolves names among our plugins and the caller's.
 *
 * @throws {ConfigError} `registry/duplicate` if the caller's plugin has the name of one of ours, `masks/operator` if two
 *   plugins have the same operator.
 */
export function createMaskResolver(extra: MaskPlugins = []): MaskResolver {
  const given: readonly AnyPlugin[] = "plugins" in extra ? extra.plugins : extra;
  const ours: readonly AnyPlugin[] = maskPlugins;
  const theirs = given.filter((one) => one.kind === "mask" && !ours.includes(one));
  const plugins: readonly MaskPlugin[] = createRegistry([...ours, ...theirs]).list("mask") as MaskPlugin[];
  const byName = new Map(plugins.map((plugin) => [plugin.name, plugin]));
  return {
    names: plugins.map(({ name }) => name),
    ...operatorsOf(plugins),
    find: (name) => byName.get(name),
    create(name, options, children) {
      const plugin = byName.get(name) as MaskPlugin;
      const { schema, create } = plugin;
      assertParameters(plugin, options);
      const about = { code: "registry/options", what: `mask "${name}"` };
      return create((schema ? validateWith(schema, options, about) : options) as never, children);
    },
  };
}

/** The names of a plugin's parameters, without their marks. */
export const parameterNames = ({ parameters = [] }: MaskPlugin): readonly string[] =>
  parameters.map((parameter) => parameter.replace("?", ""));

function assertParameters(plugin: MaskPlugin, options: Readonly<Record<string, unknown>>): void {
  const { name, parameters } = plugin;
  if (parameters === undefined) return;
  const known = parameterNames(plugin);
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  const has = known.length === 0 ? "it has none" : `its options are ${known.join(", ")}`;
  if (unknown !== undefined) throw new ConfigError("masks/parameters", `${name} has no option "${unknown}"; ${has}`);
  const missing = parameters.find((parameter) => !parameter.endsWith("?") && options[parameter] === undefined);
  if (missing !== undefined) throw new ConfigError("masks/parameters", `${name} needs the option "${missing}"`);
}

function operatorsOf(plugins: readonly MaskPlugin[]): Pick<MaskResolver, "prefixes" | "infixes"> {
  const operators = plugins.flatMap(({ name, text, children }) =>
    typeof text === "object" ? [{ ...text, name, prefix: children === 1 }] : [],
  );
  const twice = operators.find(({ operator }, at) => operators.findIndex((one) => one.operator === operator) < at);
  const message = `two masks have the operator "${twice?.operator}"; one is ${twice?.name}`;
  if (twice !== undefined) throw new ConfigError("masks/operator", message);
  const sorted = operators.sort((a, b) => a.binding - b.binding);
  return { prefixes: sorted.filter(({ prefix }) => prefix), infixes: sorted.filter(({ prefix }) => !prefix) };
}
