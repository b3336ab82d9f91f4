import { readTokenizerDefinition, type TokenizerDefinition } from "../hugging-face.ts";
import { specialsOf } from "../reserved-specials.ts";
import type { SpecialTokens } from "../special-tokens.ts";
import { ownTokens } from "./train-options.ts";

/**
 * A vocabulary with our own special tokens, for a new model: those that it has by their names, `<pad>`, `<s>`, `<sep>`, `</s>`
 * and `<unk>`, and the others behind all its ids.
 *
 * @throws {ConfigError} `text/definition` if it is no `tokenizer.json`.
 * @example createHuggingFaceTokenizer(withOwnTokens(JSON.parse(await readFile("tokenizer.json", "utf8"))))
 */
export function withOwnTokens(given: unknown): { definition: TokenizerDefinition; special: SpecialTokens } {
  const { added_tokens: added, model } = readTokenizerDefinition(given);
  const ids = Array.isArray(model.vocab) ? [...model.vocab.keys()] : Object.values(model.vocab);
  let size = 1 + [...ids, ...added.map(({ id }) => id)].reduce((most, id) => Math.max(most, id), -1);
  const known = added.filter(({ special }) => special);
  const more = ownTokens
    .filter((name) => !known.some(({ content }) => content === name))
    .map((content) => ({
      id: size++,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    }));
  const idOf = (name: string): number => [...known, ...more].find(({ content }) => content === name)?.id as number;
  const special = specialsOf(ownTokens.map(idOf) as [number, number, number, number, number]);
  return { definition: { ...(given as TokenizerDefinition), added_tokens: [...added, ...more] }, special };
}
