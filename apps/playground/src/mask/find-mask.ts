import { parseMask, printMask } from "@trivium/masks";
import { type Cells, cellsOf } from "./cells.ts";

/** The result of a search for the algebra of a picture. */
export interface FoundMask {
  /** The shortest algebra that was found, or that of the nearest mask. */
  readonly text: string;
  /** Cells in which its mask differs from the picture; 0 if it is the same. */
  readonly differences: number;
}

/** Most primitives of a search. */
const MOST_PRIMITIVES = 80;
/** Most masks of one operator that are combined once more, on each side of the picture. */
const MOST_PAIRS = 300;

type Operator = "&" | "|";

interface Candidate {
  readonly text: string;
  /** The cells, 32 to a word. */
  readonly words: Int32Array;
  /** The outermost operator. */
  readonly operator?: Operator | undefined;
}

/**
 * Finds a mask's algebra from its picture: primitives whose parameters the picture suggests, negated or not, and at most
 * two operators between them. The search is bounded, so that a picture that needs more is answered by its nearest.
 *
 * @example findMask(cellsOf(parseMask("causal & window(2)"), { queries: 8, keys: 8 })) // => { text: "window(2)", differences: 0 }
 */
export function findMask(picture: Cells): FoundMask {
  const wanted = wordsOf(picture.bits);
  const primitives = primitivesOf(picture);
  const search = createSearch(wanted);
  for (const primitive of primitives) search.look(primitive);
  if (search.best().differences === 0) return search.best();
  const pairs: Record<Operator, Candidate[]> = { "|": [], "&": [] };
  for (const pair of combined(primitives, primitives)) {
    search.look(pair);
    if (isWithin(pair.words, wanted)) pairs["|"].push(pair);
    else if (isWithin(wanted, pair.words)) pairs["&"].push(pair);
  }
  if (search.best().differences === 0) return search.best();
  // Both sides of an "or" lie within the picture, and both sides of an "and" hold it.
  const fitting: Record<Operator, Candidate[]> = {
    "|": primitives.filter(({ words }) => isWithin(words, wanted)),
    "&": primitives.filter(({ words }) => isWithin(wanted, words)),
  };
  for (const operator of ["|", "&"] as const) {
    const shortest = pairs[operator].sort((a, b) => a.text.length - b.text.length).slice(0, MOST_PAIRS);
    for (const triple of joined(shortest, fitting[operator], operator)) search.look(triple);
  }
  return search.best();
}

/** Keeps the candidate with the fewest differences, of those the one with the shortest text. */
function createSearch(wanted: Int32Array): { look(candidate: Candidate): void; best(): FoundMask } {
  let best: FoundMask = { text: "", differences: Number.POSITIVE_INFINITY };
  return {
    look({ text, words }) {
      const differences = countDifferent(words, wanted, best.differences);
      if (differences > best.differences) return;
      if (differences < best.differences || text.length < best.text.length) best = { text, differences };
    },
    best: () => best,
  };
}

function* combined(ones: readonly Candidate[], others: readonly Candidate[]): Generator<Candidate> {
  yield* joined(ones, others, "|");
  yield* joined(ones, others, "&");
}

/** Each two masks with an operator between them; two of the same list in one order alone. */
function* joined(ones: readonly Candidate[], others: readonly Candidate[], operator: Operator): Generator<Candidate> {
  for (const [at, one] of ones.entries()) {
    const left = one.operator === "|" && operator === "&" ? `(${one.text})` : one.text;
    for (const other of ones === others ? others.slice(at + 1) : others) {
      const apply = (word: number, index: number): number => {
        const second = other.words[index] as number;
        return operator === "|" ? word | second : word & second;
      };
      yield { text: `${left} ${operator} ${other.text}`, words: one.words.map(apply), operator };
    }
  }
}

function wordsOf(bits: Uint8Array): Int32Array {
  const words = new Int32Array(Math.ceil(bits.length / 32));
  for (const [index, bit] of bits.entries()) words[index >>> 5]! |= bit << (index & 31);
  return words;
}

const isWithin = (inner: Int32Array, outer: Int32Array): boolean =>
  inner.every((word, index) => (word & ~(outer[index] as number)) === 0);

/** Number of different bits, or a number above `most` as soon as there are more. */
function countDifferent(a: Int32Array, b: Int32Array, most: number): number {
  let count = 0;
  for (let index = 0; index < a.length && count <= most; index++) {
    let bits = (a[index] as number) ^ (b[index] as number);
    for (; bits !== 0; count++) bits &= bits - 1;
  }
  return count;
}

/** The primitives that the picture suggests, each different one once, the shortest first. */
function primitivesOf(picture: Cells): Candidate[] {
  const texts = [...suggested(picture), "full"];
  const byCells = new Map<string, Candidate>();
  for (const text of texts.flatMap((one) => [one, `!${one}`])) {
    const mask = parseMask(text);
    const words = wordsOf(cellsOf(mask, picture).bits);
    const written = printMask(mask);
    const known = byCells.get(words.join());
    if (!known || written.length < known.text.length) byCells.set(words.join(), { text: written, words });
  }
  return [...byCells.values()].slice(0, MOST_PRIMITIVES);
}

/** Primitives with the parameters at which rows of the picture begin and end. */
function suggested(picture: Cells): string[] {
  const { columns, diagonals } = edgesOf(picture);
  const causal = ["causal", ...diagonals.map((offset) => `causal(${offset - 1})`)];
  const windows = diagonals.flatMap((left) => {
    const rights = [0, ...diagonals.map((right) => right - 1).filter((right) => right >= 0)];
    return left <= 0 ? [`window(${-left})`, ...rights.map((right) => `window(${-left},${right})`)] : [];
  });
  return [...documentsOf(picture), ...columns.map((count) => `prefix(${count})`), ...causal, ...windows];
}

/** The most frequent columns and diagonals (key − query) at which visibility changes along a row. */
function edgesOf({ queries, keys, bits }: Cells): { columns: number[]; diagonals: number[] } {
  const columns = new Map<number, number>();
  const diagonals = new Map<number, number>();
  const count = (counts: Map<number, number>, at: number) => counts.set(at, (counts.get(at) ?? 0) + 1);
  for (let q = 0; q < queries; q++) {
    for (let k = 0; k <= keys; k++) {
      const [before, here] = [k > 0 ? bits[q * keys + k - 1] : 0, k < keys ? bits[q * keys + k] : 0];
      if (before === here) continue;
      count(columns, k);
      count(diagonals, k - q);
    }
  }
  const most = (counts: Map<number, number>) =>
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 6)
      .map(([at]) => at);
  return { columns: most(columns), diagonals: most(diagonals) };
}

/** Documents whose positions never see one another, apart or counted from their starts. */
function documentsOf({ queries, keys, bits }: Cells): string[] {
  if (queries !== keys) return [];
  const ids: number[] = [];
  let [id, reach] = [-1, -1];
  for (let at = 0; at < queries; at++) {
    if (at > reach) id += 1;
    ids.push(id);
    for (let other = 0; other < keys; other++) {
      if (bits[at * keys + other] === 1 || bits[other * keys + at] === 1) reach = Math.max(reach, at, other);
    }
  }
  if (id === 0) return [];
  const list = ids.join(",");
  const prefixes = Array.from({ length: id + 1 }, (_, document) => {
    const start = ids.indexOf(document);
    const row = bits.subarray(
      start * keys + start,
      start * keys + start + ids.filter((one) => one === document).length,
    );
    return row.lastIndexOf(1) + 1;
  });
  return [`documents(${list})`, `packed(causal; ${list})`, `packed(prefix([${prefixes}]) | causal; ${list})`];
}
