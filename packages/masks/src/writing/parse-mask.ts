import { nearestName, TriviumError } from "@trivium/core";
import type { Mask } from "../mask.ts";
import type { MaskPlugin, MaskPlugins } from "../mask-plugin.ts";
import { createMaskResolver, type MaskResolver, parameterNames } from "./mask-resolver.ts";
import { type Token, textError, tokenize } from "./mask-tokens.ts";

export interface ParseOptions {
  /** Masks of your own, to be called by name, `dilated(stride=2)`, by place, `dilated(2)`, or by their operator. */
  readonly plugins?: MaskPlugins | undefined;
}

/**
 * The mask that a short text describes.
 *
 * ```
 * full   causal   causal(offset)   prefix(n)   padding(n)   window(left)   window(left, right)
 * documents(0,0,1)   documents(queries; keys)   packed(mask; 0,0,1)   positioned(mask; queries; keys)
 * one value for each batch row: prefix([3,4])   documents([0,0],[0,1])
 * !a   a & b   a | b   (binding in that order)
 * ```
 * @throws {ConfigError} `masks/text`, with the column and what was expected there.
 * @example parseMask("(prefix(4) | causal) & documents(0,0,0,1,1)").visible(0, 0, 0, 2) // => true
 */
export function parseMask(text: string, { plugins = [] }: ParseOptions = {}): Mask {
  const resolver = createMaskResolver(plugins);
  const operators = [...resolver.infixes, ...resolver.prefixes].reverse().map(({ operator }) => operator);
  const cursor: Cursor = { text, tokens: tokenize(text, operators), at: 0, resolver };
  const mask = parseChain(cursor, 0);
  if (peek(cursor).kind !== "end") throw expected(cursor, oneOf(cursor, "the end"));
  return mask;
}

interface Cursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly resolver: MaskResolver;
  at: number;
}

type Value = number | string | boolean | readonly Value[];

/** Masks with the infix operator of a level between them, or one mask of the next level. */
function parseChain(cursor: Cursor, level: number): Mask {
  const infix = cursor.resolver.infixes[level];
  if (infix === undefined) return parsePrefixed(cursor);
  const { column } = peek(cursor);
  const masks = [parseChain(cursor, level + 1)];
  let combined = masks[0] as Mask;
  while (accept(cursor, infix.operator)) {
    masks.push(parseChain(cursor, level + 1));
    // Combining early gives the error of masks that do not fit together a column.
    combined = create(cursor, { text: infix.name, column }, {}, masks);
  }
  return combined;
}

function parsePrefixed(cursor: Cursor): Mask {
  const token = peek(cursor);
  const prefix = cursor.resolver.prefixes.find(({ operator }) => accept(cursor, operator));
  if (prefix === undefined) return parseOperand(cursor);
  return create(cursor, { text: prefix.name, column: token.column }, {}, [parsePrefixed(cursor)]);
}

function parseOperand(cursor: Cursor): Mask {
  if (accept(cursor, "(")) {
    const mask = parseChain(cursor, 0);
    expect(cursor, ")", oneOf(cursor, '")"'));
    return mask;
  }
  const token = peek(cursor);
  const before = cursor.resolver.prefixes.map(({ operator }) => `"${operator}"`).join(", ");
  if (token.kind !== "name") throw expected(cursor, `a mask, ${before} or "("`);
  cursor.at++;
  const plugin = cursor.resolver.find(token.text);
  if (plugin === undefined) throw unknownName(cursor, token);
  return parseCall(cursor, token, plugin);
}

/** The rest of `name`, `name(options)` or `name(masks; options)`. */
function parseCall(cursor: Cursor, token: Token, plugin: MaskPlugin): Mask {
  const masks: Mask[] = [];
  if (!accept(cursor, "(")) return create(cursor, token, {}, masks);
  if ((plugin.children ?? 0) !== 0) {
    do masks.push(parseChain(cursor, 0));
    while (accept(cursor, ","));
    if (accept(cursor, ")")) return create(cursor, token, {}, masks);
    expect(cursor, ";", oneOf(cursor, '","', '";"', '")"'));
  }
  return create(cursor, token, parseOptions(cursor, plugin), masks);
}

/** Options by place or by name, to the closing parenthesis. */
function parseOptions(cursor: Cursor, plugin: MaskPlugin): Record<string, Value> {
  const { name, text } = plugin;
  const [separator, between] = text === "lists" ? [";", '",", ";" or ")"'] : [",", '"," or ")"'];
  const names = parameterNames(plugin);
  const options: Record<string, Value> = {};
  for (let place = 0; !accept(cursor, ")"); place++) {
    if (place > 0) expect(cursor, separator, between);
    const token = peek(cursor);
    const named = token.kind === "name" && cursor.tokens[cursor.at + 1]?.text === "=";
    if (named) cursor.at += 2;
    const key = named ? token.text : names[place];
    if (key === undefined) throw textError(cursor.text, token.column, `expected ")": ${name} takes ${takes(plugin)}`);
    if (key in options) throw textError(cursor.text, token.column, `${name} was already given "${key}"`);
    options[key] = text === "lists" && !named ? parseItems(cursor) : parseValue(cursor);
  }
  return options;
}

function takes(plugin: MaskPlugin): string {
  const names = parameterNames(plugin);
  if (names.length > 0) return `only ${names.join(", ")}`;
  return plugin.parameters ? "no options" : "options by name alone, as name=value";
}

function parseItems(cursor: Cursor): Value[] {
  const items = [parseValue(cursor)];
  while (accept(cursor, ",")) items.push(parseValue(cursor));
  return items;
}

function parseValue(cursor: Cursor): Value {
  if (accept(cursor, "[")) {
    if (accept(cursor, "]")) return [];
    const items = parseItems(cursor);
    expect(cursor, "]", '"," or "]"');
    return items;
  }
  const { kind, text } = peek(cursor);
  const literal = kind === "number" || kind === "string" || text === "true" || text === "false";
  if (!literal) throw expected(cursor, 'a number or "["');
  cursor.at++;
  return JSON.parse(text.replace(/^(-?)0+(?=\d)/, "$1")) as Value;
}

const peek = (cursor: Cursor): Token => cursor.tokens[cursor.at] as Token;

function accept(cursor: Cursor, symbol: string): boolean {
  const { kind, text } = peek(cursor);
  if (kind !== "symbol" || text !== symbol) return false;
  cursor.at++;
  return true;
}

function expect(cursor: Cursor, symbol: string, what = `"${symbol}"`): void {
  if (!accept(cursor, symbol)) throw expected(cursor, what);
}

/** The operators between masks, the tightest first, or what may stand in their place. */
function oneOf({ resolver }: Cursor, ...others: readonly string[]): string {
  const all = [...resolver.infixes.map(({ operator }) => `"${operator}"`).reverse(), ...others];
  return `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}

function expected(cursor: Cursor, what: string) {
  const { kind, text, column } = peek(cursor);
  return textError(cursor.text, column, `expected ${what}, got ${kind === "end" ? "the end" : `"${text}"`}`);
}

function unknownName({ text, resolver }: Cursor, { text: name, column }: Token) {
  const nearest = nearestName(name, resolver.names);
  const hint = nearest ? `did you mean "${nearest}"? ` : "";
  return textError(text, column, `expected a mask, got "${name}"; ${hint}There are: ${resolver.names.join(", ")}`);
}

/** Makes the mask of a name in the text; what is wrong with it is the text's error at the name's column. */
function create(
  { text, resolver }: Cursor,
  { text: name, column }: Pick<Token, "text" | "column">,
  options: Readonly<Record<string, Value>>,
  masks: readonly Mask[],
): Mask {
  try {
    return resolver.create(name, options, masks);
  } catch (error) {
    if (!TriviumError.is(error)) throw error;
    throw textError(text, column, error.message, error);
  }
}
