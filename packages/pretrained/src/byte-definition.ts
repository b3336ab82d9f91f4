import type { PairTokenizer, TokenizerDefinition } from "@trivium/text";

/** What the library there wants to be told of each special token. */
const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };

/** The letters that stand for bytes there: printable ones for themselves, all others behind them. */
const letters = (() => {
  const isPrintable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let further = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : further++));
})();

/**
 * Returns the `tokenizer.json` of our tokenizer of bytes: its ids, with a letter for each byte and no merges.
 *
 * @param tokenizer - of bytes, with any further special tokens.
 * @source GPT-2's table of bytes, https://github.com/openai/gpt-2/blob/master/src/encoder.py
 */
export function byteDefinition({ special, size }: Pick<PairTokenizer, "special" | "size">): TokenizerDefinition {
  const { pad, unknown, end, mask, sentinels = [], named } = special;
  const names = new Map<number, string>(Object.entries(named).map(([name, id]) => [id, `<${name}>`]));
  for (const [id, name] of [
    [pad, "<pad>"],
    [unknown, "<unknown>"],
    [end[0], "<end>"],
    [mask, "<mask>"],
  ] as const)
    if (id !== undefined) names.set(id, name);
  for (const [at, id] of sentinels.entries()) names.set(id, `<extra_id_${at}>`);
  const marked = [...names].sort(([one], [other]) => one - other);
  const first = Array.from({ length: size }, (_, id) => id).findIndex((id) => !names.has(id));
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const tokens = [
    ...marked.map(([id, name]): [string, number] => [name, id]),
    ...letters.map((letter, byte): [string, number] => [letter, first + byte]),
  ];
  return {
    version: "1.0",
    added_tokens: marked.map(([id, content]) => ({ id, content, ...plain, special: true })),
    normalizer: null,
    pre_tokenizer: bytes,
    post_processor: null,
    decoder: bytes,
    model: { type: "BPE", vocab: Object.fromEntries(tokens), merges: [] },
  };
}
