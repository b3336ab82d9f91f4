/** The pieces that stand in a word, by where they begin and end: those that begin first, and of these the shortest, first. */
export interface Lattice {
  /** Letters of the word. */
  readonly size: number;
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  /** Piece of each edge; 0 for a letter without one. */
  readonly ids: readonly number[];
}

/** Finds pieces in words. */
export interface PieceFinder {
  /** Returns the pieces in a word that have a score. */
  lattice(word: string, scores: Float64Array): Lattice;
}

/** Letters have codes below this. */
const CODES = 512;

/**
 * Makes a finder of pieces. Piece 0 stands for unknown letters, and is found nowhere.
 *
 * @param pieces - texts of letters with codes below 512, each once.
 * @example createPieceFinder(["<unk>", "a", "ab"]).lattice("ab", new Float64Array(3)).ids // => [1, 2, 0]
 */
export function createPieceFinder(pieces: readonly string[]): PieceFinder {
  const children = new Map<number, number>();
  const ends: number[] = [0];
  for (const [id, piece] of pieces.entries()) {
    if (id === 0) continue;
    let node = 0;
    for (let at = 0; at < piece.length; at++) {
      const key = node * CODES + piece.charCodeAt(at);
      node = children.get(key) ?? ends.push(0) - 1;
      children.set(key, node);
    }
    ends[node] = id;
  }
  return {
    lattice(word, scores) {
      const found = { size: word.length, begins: [] as number[], ends: [] as number[], ids: [] as number[] };
      const add = (begin: number, end: number, id: number) => {
        found.begins.push(begin);
        found.ends.push(end);
        found.ids.push(id);
      };
      for (let begin = 0; begin < word.length; begin++) {
        let node: number | undefined = 0;
        for (let end = begin + 1; end <= word.length; end++) {
          node = children.get(node * CODES + word.charCodeAt(end - 1));
          const id: number = node === undefined ? 0 : (ends[node] as number);
          const isPiece = id > 0 && !Number.isNaN(scores[id]);
          if (isPiece || end === begin + 1) add(begin, end, isPiece ? id : 0);
          if (node === undefined) break;
        }
      }
      return found;
    },
  };
}

/** Log-probabilities of pieces; NaN for those that are gone. `unknown` is that of a letter without a piece. */
export interface PieceScores {
  readonly scores: Float64Array;
  readonly unknown: number;
}

/**
 * Adds the expected count of each piece in a word, over all its segmentations by their probabilities.
 *
 * @source forward–backward: Kudo 2018, §3.2, https://arxiv.org/abs/1804.10959
 */
export function addExpected(
  { size, begins, ends, ids }: Lattice,
  { scores, unknown }: PieceScores,
  [count, expected]: readonly [number, Float64Array],
): void {
  const score = ids.map((id) => (id === 0 ? unknown : (scores[id] as number)));
  const none = Number.NEGATIVE_INFINITY;
  const [before, after] = [new Float64Array(size + 1).fill(none), new Float64Array(size + 1).fill(none)];
  before[0] = 0;
  after[size] = 0;
  for (let edge = 0; edge < ids.length; edge++)
    before[ends[edge] as number] = logSum(
      before[ends[edge] as number] as number,
      (score[edge] as number) + (before[begins[edge] as number] as number),
    );
  for (let edge = ids.length - 1; edge >= 0; edge--)
    after[begins[edge] as number] = logSum(
      after[begins[edge] as number] as number,
      (score[edge] as number) + (after[ends[edge] as number] as number),
    );
  for (const [edge, id] of ids.entries()) {
    const share =
      (before[begins[edge] as number] as number) + (score[edge] as number) + (after[ends[edge] as number] as number);
    expected[id] = (expected[id] as number) + count * Math.exp(share - (before[size] as number));
  }
}

/**
 * Returns the pieces of the likeliest segmentation of a word and its log-probability.
 *
 * @param whole - whether the word may be one piece. Default true.
 */
export function likeliest(
  { size, begins, ends, ids }: Lattice,
  { scores, unknown }: PieceScores,
  whole = true,
): { readonly ids: number[]; readonly score: number } {
  const best = new Float64Array(size + 1).fill(Number.NEGATIVE_INFINITY);
  const via = new Int32Array(size + 1);
  best[0] = 0;
  for (const [edge, id] of ids.entries()) {
    const [begin, end] = [begins[edge] as number, ends[edge] as number];
    if (!whole && end - begin === size) continue;
    const reached = (best[begin] as number) + (id === 0 ? unknown : (scores[id] as number));
    if (reached <= (best[end] as number)) continue;
    best[end] = reached;
    via[end] = edge;
  }
  const path: number[] = [];
  for (let at = size; at > 0 && best[size] !== Number.NEGATIVE_INFINITY; at = begins[via[at] as number] as number)
    path.unshift(ids[via[at] as number] as number);
  return { ids: path, score: best[size] as number };
}

/** Differences of logarithms beyond which the smaller number adds nothing. */
const NEGLIGIBLE = 50;

/** Returns `ln(eᵃ + eᵇ)`. */
function logSum(a: number, b: number): number {
  const [least, most] = a < b ? [a, b] : [b, a];
  return most > least + NEGLIGIBLE ? most : most + Math.log(Math.exp(least - most) + 1);
}
