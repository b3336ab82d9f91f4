import { ConfigError, nearestName, UnknownPluginError } from "@trivium/core";
import type { AnyPlugin, NameOf, PluginOf } from "./plugin.ts";
import { validateWith } from "./standard-schema.ts";

/** An immutable set of plugins, looked up by kind and name. */
export interface Registry<P extends AnyPlugin> {
  readonly plugins: readonly P[];
  /** Returns the function or value that a plugin provides, with its own type. An unknown literal name is a compile error. */
  get<K extends P["kind"], N extends NameOf<P, K>>(kind: K, name: N): Extract<P, { kind: K; name: N }>["create"];
  /** The plugin of a name known only at run time. */
  find<K extends P["kind"]>(kind: K, name: string): PluginOf<P, K>;
  /** Validates `options` with the plugin's schema and calls its creator. */
  create<K extends P["kind"]>(kind: K, name: string, options?: unknown): CreatedBy<PluginOf<P, K>>;
  names<K extends P["kind"]>(kind: K): NameOf<P, K>[];
  list<K extends P["kind"]>(kind: K): PluginOf<P, K>[];
  kinds(): P["kind"][];
  /** A new registry that has these plugins too. */
  with<More extends AnyPlugin>(plugins: readonly More[]): Registry<P | More>;
}

type CreatedBy<P extends AnyPlugin> = P["create"] extends (...args: never) => infer Result ? Result : P["create"];

/**
 * A registry of plugins.
 *
 * @throws {ConfigError} `registry/duplicate` if two plugins have the same kind and name,
 *   `registry/not-a-plugin` if a value lacks a kind or a name.
 * @example createRegistry([...presets, mine]).get("architecture", "prefix")
 */
export function createRegistry<const P extends AnyPlugin>(plugins: readonly P[]): Registry<P> {
  const byKind = index(plugins);
  const find = <K extends P["kind"]>(kind: K, name: string): PluginOf<P, K> => {
    const found = byKind.get(kind)?.get(name);
    if (found === undefined) throw unknownPlugin(kind, name, byKind);
    return found as PluginOf<P, K>;
  };
  return {
    plugins,
    get: (kind, name) => find(kind, name).create,
    find,
    create(kind, name, options) {
      const plugin = find(kind, name);
      if (typeof plugin.create !== "function") return plugin.create;
      return plugin.create(validate(plugin, options));
    },
    names: (kind) => [...(byKind.get(kind)?.keys() ?? [])] as never[],
    list: (kind) => [...(byKind.get(kind)?.values() ?? [])] as never[],
    kinds: () => [...byKind.keys()] as P["kind"][],
    with: (more) => createRegistry([...plugins, ...more]) as never,
  };
}

function index<P extends AnyPlugin>(plugins: readonly P[]): Map<string, Map<string, P>> {
  const byKind = new Map<string, Map<string, P>>();
  for (const plugin of plugins) {
    const { kind, name } = plugin ?? {};
    if (typeof kind !== "string" || typeof name !== "string")
      throw new ConfigError("registry/not-a-plugin", `a plugin has a kind and a name, got ${JSON.stringify(plugin)}`);
    const names = byKind.get(kind) ?? new Map<string, P>();
    const twice = `two plugins of kind "${kind}" are named "${name}"`;
    if (names.has(name)) throw new ConfigError("registry/duplicate", twice, { details: { kind, name } });
    byKind.set(kind, names.set(name, plugin));
  }
  return byKind;
}

function validate(plugin: AnyPlugin, options: unknown): unknown {
  if (plugin.schema === undefined) return options;
  return validateWith(plugin.schema, options, { code: "registry/options", what: `${plugin.kind} "${plugin.name}"` });
}

function unknownPlugin(kind: string, name: string, byKind: ReadonlyMap<string, ReadonlyMap<string, AnyPlugin>>) {
  const names = [...(byKind.get(kind)?.keys() ?? [])].sort();
  if (names.length === 0) {
    const kinds = [...byKind.keys()].sort();
    const message = `there is no plugin of kind "${kind}"; kinds: ${kinds.join(", ") || "none"}`;
    return new UnknownPluginError("registry/unknown-kind", message, { details: { kind, kinds } });
  }
  const nearest = nearestName(name, names);
  const hint = nearest ? `; did you mean "${nearest}"?` : ".";
  const message = `there is no ${kind} "${name}"${hint} There are: ${names.join(", ")}`;
  return new UnknownPluginError("registry/unknown-name", message, { details: { kind, name, names, nearest } });
}
