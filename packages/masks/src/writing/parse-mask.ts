import { nearestName, TriviumError } from "@trivium/core";
import { and } from "../algebra/and.ts";
import { not } from "../algebra/not.ts";
import { or } from "../algebra/or.ts";
import { packed } from "../algebra/packed.ts";
import { positioned } from "../algebra/positioned.ts";
import type { Mask, MaskPlugins, PerPosition } from "../mask.ts";
import { createMaskResolver, type MaskResolver } from "../plugins.ts";
import { documents } from "../primitives/documents.ts";
import { type Token, textError, tokenize } from "./mask-tokens.ts";

export interface ParseOptions {
  /** Masks of your own, to be called by name: `dilated(stride=2)`, or `dilated(2)` if the plugin has parameters. */
  readonly plugins?: MaskPlugins;
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
  const cursor: Cursor = { text, tokens: tokenize(text), at: 0, resolver: createMaskResolver(plugins) };
  const mask = parseOr(cursor);
  if (peek(cursor).kind !== "end") throw expected(cursor, '"&", "|" or the end');
  return mask;
}

interface Cursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly resolver: MaskResolver;
  at: number;
}

type Value = number | string | boolean | readonly Value[];

const combinators = ["packed", "positioned"];

function parseOr(cursor: Cursor): Mask {
  return or(...parseChain(cursor, "|", parseAnd));
}

function parseAnd(cursor: Cursor): Mask {
  return and(...parseChain(cursor, "&", parseNot));
}

function parseChain(cursor: Cursor, operator: "&" | "|", operand: (cursor: Cursor) => Mask): Mask[] {
  const { column } = peek(cursor);
  const masks = [operand(cursor)];
  while (accept(cursor, operator)) {
    masks.push(operand(cursor));
    // Combining early gives the error of masks that do not fit together a column.
    located(cursor, column, () => and(...masks));
  }
  return masks;
}

function parseNot(cursor: Cursor): Mask {
  return accept(cursor, "!") ? not(parseNot(cursor)) : parseOperand(cursor);
}

function parseOperand(cursor: Cursor): Mask {
  if (accept(cursor, "(")) {
    const mask = parseOr(cursor);
    expect(cursor, ")", '"&", "|" or ")"');
    return mask;
  }
  const token = peek(cursor);
  if (token.kind !== "name") throw expected(cursor, 'a mask, "!" or "("');
  cursor.at++;
  if (combinators.includes(token.text)) return parseCombinator(cursor, token);
  if (!cursor.resolver.has(token.text)) throw unknownName(cursor, token);
  if (token.text === "documents") return parseDocuments(cursor, token);
  const options = accept(cursor, "(") ? parseOptions(cursor, token) : {};
  return located(cursor, token.column, () => cursor.resolver.create(token.text, options));
}

function parseCombinator(cursor: Cursor, { text: name, column }: Token): Mask {
  expect(cursor, "(");
  const inner = parseOr(cursor);
  expect(cursor, ";", '"&", "|" or ";"');
  const [first, second] = parseGroups(cursor);
  if (name === "packed") return located(cursor, column, () => packed(inner, first, second));
  if (second === undefined) throw textError(cursor.text, column, "positioned(mask; queries; keys) needs the keys too");
  return located(cursor, column, () => positioned(inner, { queries: first, keys: second }));
}

function parseDocuments(cursor: Cursor, { column }: Token): Mask {
  expect(cursor, "(");
  const [ids, keyIds] = parseGroups(cursor);
  return located(cursor, column, () => documents({ ids, ...(keyIds && { keyIds }) }));
}

/** One or two lists, with a `;` between, to the closing parenthesis. */
function parseGroups(cursor: Cursor): [PerPosition, PerPosition | undefined] {
  const first = parseItems(cursor) as PerPosition;
  const second = accept(cursor, ";") ? (parseItems(cursor) as PerPosition) : undefined;
  expect(cursor, ")", second === undefined ? '",", ";" or ")"' : '"," or ")"');
  return [first, second];
}

function parseOptions(cursor: Cursor, { text: name }: Token): Record<string, Value> {
  const options: Record<string, Value> = {};
  const parameters = cursor.resolver.parameters(name);
  for (let place = 0; !accept(cursor, ")"); place++) {
    if (place > 0) expect(cursor, ",", '"," or ")"');
    const token = peek(cursor);
    const named = token.kind === "name" && cursor.tokens[cursor.at + 1]?.text === "=";
    if (named) cursor.at += 2;
    const key = named ? token.text : parameters[place];
    if (key === undefined) {
      const takes = parameters.length > 0 ? `only ${parameters.join(", ")}` : "options by name alone, as name=value";
      throw textError(cursor.text, token.column, `expected ")": ${name} takes ${takes}`);
    }
    if (key in options) throw textError(cursor.text, token.column, `${name} was already given "${key}"`);
    options[key] = parseValue(cursor);
  }
  return options;
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

function expected(cursor: Cursor, what: string) {
  const { kind, text, column } = peek(cursor);
  return textError(cursor.text, column, `expected ${what}, got ${kind === "end" ? "the end" : `"${text}"`}`);
}

function unknownName(cursor: Cursor, { text: name, column }: Token) {
  const names = [...cursor.resolver.names, ...combinators];
  const nearest = nearestName(name, names);
  const hint = nearest ? `did you mean "${nearest}"? ` : "";
  return textError(cursor.text, column, `expected a mask, got "${name}"; ${hint}There are: ${names.join(", ")}`);
}

function located<T>(cursor: Cursor, column: number, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!TriviumError.is(error) || error.code === "masks/text") throw error;
    throw textError(cursor.text, column, error.message, error);
  }
}
