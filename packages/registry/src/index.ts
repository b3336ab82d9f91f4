export { type AnyPlugin, defineKind, type NameOf, type Plugin, type PluginOf, type PluginOptions } from "./plugin.ts";
export { createRegistry, type Registry } from "./registry.ts";
export { type StandardSchema, validateWith } from "./standard-schema.ts";
