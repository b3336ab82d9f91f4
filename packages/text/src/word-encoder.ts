import { Tokenizer as Library } from "@huggingface/tokenizers";

/** The parts of a `tokenizer.json` that say how a text is cut into words. */
export interface WordDefinition {
  readonly added_tokens: readonly { readonly content: string; readonly special: boolean }[];
  readonly pre_tokenizer?: unknown;
}

/** The most words that are kept. They are forgotten all at once: common ones are back soon. */
const KEPT = 2 ** 17;
/** Characters of a word that is kept: longer ones hardly come again. */
const LONGEST = 64;
/** Characters from which a part of a text is no copy, and would keep the whole text in memory. */
const SLICED = 13;

/**
 * Creates a function that returns the ids of a text word by word, and keeps the ids of words, since a text has few
 * different ones. It returns nothing for texts whose words depend on each other: with unknown ones, which may be joined, or
 * with added tokens.
 *
 * @returns the function; nothing if the definition does not cut texts into words.
 */
export function createWordEncoder(
  library: Library,
  definition: WordDefinition,
): ((text: string) => number[] | undefined) | undefined {
  const cutter = cutterOf(library, definition.pre_tokenizer);
  const { model } = library;
  if (!cutter || !model) return undefined;
  const added = definition.added_tokens.filter(({ special }) => !special).map(({ content }) => content);
  const encodeWord = (word: string): number[] | undefined => {
    const tokens: readonly string[] = model.encode(cutter.pieces(word));
    const ids: readonly (number | undefined)[] = tokens.map((token) => library.token_to_id(token));
    return ids.every((id) => id !== undefined && id !== model.unk_token_id) ? (ids as number[]) : undefined;
  };
  const kept = new Map<string, number[] | undefined>();
  const idsOf = (word: string): number[] | undefined => {
    const known = kept.get(word);
    if (known !== undefined || kept.has(word)) return known;
    const ids = encodeWord(word);
    if (word.length > LONGEST) return ids;
    if (kept.size === KEPT) kept.clear();
    kept.set(word.length < SLICED ? word : JSON.parse(JSON.stringify(word)), ids);
    return ids;
  };
  return (given) => {
    const text = library.normalizer?.normalize(given) ?? given;
    if (added.some((token) => given.includes(token) || text.includes(token))) return undefined;
    const ids: number[] = [];
    for (const word of cutter.words(text)) {
      const own = idsOf(word);
      if (own === undefined) return undefined;
      for (const id of own) ids.push(id);
    }
    return ids;
  };
}

/** Cuts texts into words. */
export interface Cutter {
  words(text: string): readonly string[];
  /** The words as the model takes them: their bytes as characters. */
  pieces(word: string): string[];
}

interface Step {
  readonly type?: unknown;
  readonly use_regex?: unknown;
  readonly add_prefix_space?: unknown;
  readonly pretokenizers?: readonly Step[];
}

/** The words of GPT-2. @source https://github.com/openai/gpt-2/blob/master/src/encoder.py */
const gpt2Words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

function cutterOf(library: Library, given: unknown): Cutter | undefined {
  const whole = library.pre_tokenizer;
  if (!whole) return undefined;
  const step = given as Step;
  const steps = step.type === "Sequence" ? (step.pretokenizers ?? []) : [step];
  const last = steps.at(-1);
  const isOfBytes = last?.type === "ByteLevel" && (last.use_regex === false || steps.length === 1);
  if (!isOfBytes) {
    const cut = (text: string): string[] => (text === "" ? [] : whole.pre_tokenize(text, { section_index: 0 }));
    return { words: cut, pieces: (word) => [word] };
  }
  const { words: gpt2, pieces } = createByteCutter();
  if (last.use_regex === false) {
    const words = steps.length > 1 ? preTokenizer({ type: "Sequence", pretokenizers: steps.slice(0, -1) }) : undefined;
    if (!words || last.add_prefix_space === true) return undefined;
    return { words: (text) => words.pre_tokenize(text), pieces };
  }
  const start = (text: string): string => (last.add_prefix_space === true && !text.startsWith(" ") ? ` ${text}` : text);
  return { words: (text) => (text === "" ? [] : gpt2(start(text))), pieces };
}

/** Cuts texts into the words of GPT-2, and words into one piece, with a letter for each byte. */
export function createByteCutter(): Cutter {
  const bytes = preTokenizer({ type: "ByteLevel", use_regex: false, add_prefix_space: false });
  return { words: (text) => text.match(gpt2Words) ?? [], pieces: (word) => bytes?.pre_tokenize(word) ?? [] };
}

/** Letters that stand for the 256 bytes, in the order of their code points. */
export const byteLetters: readonly string[] = Array.from({ length: 256 + 68 }, (_, code) => code)
  .filter((code) => (code >= 33 && code <= 126) || (code >= 161 && code !== 173))
  .map((code) => String.fromCodePoint(code));

/** A part of the library on its own. */
function preTokenizer(definition: Step): Library["pre_tokenizer"] {
  const model = { type: "BPE", vocab: {}, merges: [] };
  return new Library(
    { model, added_tokens: [], normalizer: null, decoder: null, post_processor: null, pre_tokenizer: definition },
    {},
  ).pre_tokenizer;
}
