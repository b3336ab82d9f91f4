import { ConfigError } from "@trivium/core";
import { type AnyPlugin, defineKind, type Plugin, type PluginOptions } from "@trivium/registry";
import { assertMaskName, createMask, type MaskParts } from "./create-mask.ts";
import type { Mask } from "./mask.ts";

/** Number of masks that a mask combines, `"some"` for one or more. */
export type MaskChildren = number | "some";

/**
 * The form of a mask in text:
 * - `"call"`: `window(2,1)`, and with children `shifted(causal; 3)`;
 * - `"lists"`: every option is a list without brackets, with `;` between: `packed(causal; 0,0,1; 0,1)`;
 * - an operator: one character, before the only child or between several; the higher `binding` binds tighter.
 *
 * Every form may be called by name as well, and options may be given by name: `window(left=2)`.
 */
export type MaskText = "call" | "lists" | { readonly operator: string; readonly binding: number };

/** A plugin of kind `"mask"`. */
export interface MaskPlugin<Name extends string = string, Create = (options: never, children: readonly Mask[]) => Mask>
  extends Plugin<"mask", Name, Create>,
    Pick<MaskPluginOptions, "parameters" | "children" | "text"> {}

export interface MaskPluginOptions<Children extends MaskChildren = MaskChildren> extends PluginOptions {
  /**
   * Names of the options, in the order of text; `?` marks one that may be missing. With `["left", "right?"]`,
   * `near(2)` means `near(left=2)`. Other names are refused. Default: any names, given by name alone.
   */
  readonly parameters?: readonly string[] | undefined;
  /** Number of masks that this one combines. Default 0. */
  readonly children?: Children | undefined;
  /** Form in text. Default `"call"`. */
  readonly text?: MaskText | undefined;
}

/** Plugins to resolve names with: a list or a registry. Plugins of other kinds are passed over. */
export type MaskPlugins = readonly AnyPlugin[] | { readonly plugins: readonly AnyPlugin[] };

type ChildrenOf<Children extends MaskChildren> = Children extends 1
  ? readonly [Mask]
  : Children extends 2
    ? readonly [Mask, Mask]
    : readonly Mask[];

/** Options that may all be missing may be left out. */
type Given<Options> =
  Partial<Options> extends Options
    ? [options?: Options, children?: readonly Mask[]]
    : [options: Options, children?: readonly Mask[]];

const plugin = defineKind<(...given: never) => Mask>()("mask");

/**
 * The kind of mask plugins: primitives, and combinators of other masks. A plugin says everything that text, JSON,
 * plans and the conformance suite need to know of its masks.
 *
 * @param name - kebab-case; the `type` of the masks' specs, and their name in text.
 * @param create - returns the answers of a mask for these options and children. It depends on nothing else, so that
 *   name, options and children are the identity of a mask.
 * @throws {ConfigError} `masks/name` if the name is not kebab-case, `masks/operator` if the operator is not one
 *   character that text has no other use for; from `create`, `masks/children` for another number of children and
 *   `masks/options` for options that are not plain JSON.
 * @example
 * export const shifted = mask(
 *   "shifted",
 *   ({ by }: { by: number }, [inner]) => ({ visible: (b, h, q, k) => inner.visible(b, h, q, k + by) }),
 *   { description: "A mask whose keys are moved to the left.", parameters: ["by"], children: 1 },
 * );
 */
export function mask<const Name extends string, Options extends object, const Children extends MaskChildren = 0>(
  name: Name,
  create: (options: Options, children: ChildrenOf<Children>) => MaskParts,
  about: MaskPluginOptions<Children> = {},
): MaskPlugin<Name, (...given: Given<Options>) => Mask> {
  assertMaskName(name);
  const { parameters, children = 0, text = "call" } = about;
  if (typeof text === "object") assertOperator(name, text.operator);
  const make = (options: Options = {} as Options, masks: readonly Mask[] = []): Mask => {
    assertChildren(name, children, masks);
    const parts = create(options, masks as ChildrenOf<Children>);
    const origin = { code: create, declared: true, children: masks };
    return createMask(name, { ...parts, options: parts.options ?? options }, origin);
  };
  return { ...plugin(name, make, about), parameters, children, text };
}

function assertChildren(name: string, count: MaskChildren, masks: readonly Mask[]): void {
  if (count === "some" ? masks.length > 0 : masks.length === count) return;
  const wanted = count === "some" ? "one or more masks" : count === 1 ? "1 mask" : `${count || "no other"} masks`;
  const message = `${name} combines ${wanted}, got ${masks.length}`;
  throw new ConfigError("masks/children", message, { details: { name, got: masks.length } });
}

function assertOperator(name: string, operator: string): void {
  if (/^[^\sA-Za-z0-9"()[\],;=]$/u.test(operator)) return;
  const wanted = "one character, and no letter, digit, quote or one of ( ) [ ] , ; =";
  const message = `the operator of ${name} should be ${wanted}; got ${JSON.stringify(operator)}`;
  throw new ConfigError("masks/operator", message);
}
