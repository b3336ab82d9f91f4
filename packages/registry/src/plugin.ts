import type { StandardSchema } from "./standard-schema.ts";

/** Something that an app can look up by kind and name. */
export interface Plugin<Kind extends string = string, Name extends string = string, Create = unknown> {
  readonly kind: Kind;
  /** Kebab-case; unique within its kind. */
  readonly name: Name;
  /** One sentence for `list` and `--help`. */
  readonly description: string;
  /** Validates options that are known only at run time; without one, options are passed on as they are. */
  readonly schema?: StandardSchema | undefined;
  /** The function or value that the plugin provides. */
  readonly create: Create;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of plugins holds creators of every type
export type AnyPlugin = Plugin<string, string, any>;

export interface PluginOptions {
  readonly description?: string;
  readonly schema?: StandardSchema | undefined;
}

/** The plugins of `P` that are of that kind; any of them, if their kinds are known at run time alone. */
export type PluginOf<P extends AnyPlugin, Kind extends string> = [Extract<P, { readonly kind: Kind }>] extends [never]
  ? P
  : Extract<P, { readonly kind: Kind }>;

/** The names that the plugins of `P` have within that kind. */
export type NameOf<P extends AnyPlugin, Kind extends string> = PluginOf<P, Kind>["name"];

/**
 * A kind of plugin: a value, so that there is no global table and no import with a side effect.
 *
 * @typeParam Contract - what every plugin of that kind must provide.
 * @returns a function of the kind's name, which returns the function that makes its plugins.
 * @example
 * const greeting = defineKind<(options: never) => string>()("greeting");
 * const hello = greeting("hello", ({ name }: { name: string }) => `hello ${name}`, { description: "Says hello." });
 */
export function defineKind<Contract>() {
  return <const Kind extends string>(kind: Kind) =>
    <const Name extends string, Create extends Contract>(
      name: Name,
      create: Create,
      { description = "", schema }: PluginOptions = {},
    ): Plugin<Kind, Name, Create> => ({ kind, name, description, schema, create });
}
