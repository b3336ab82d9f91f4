import type { CellArea } from "../mask/paint.ts";
import type { AttentionMap } from "./protocol.ts";

/** A matrix of weights to draw. */
export interface HeadPicture {
  readonly queries: number;
  readonly keys: number;
  /** `[Q, K]`, row-major. */
  readonly weights: Float32Array;
  /** `[Q, K]`: 1 where a query may see a key. */
  readonly visible: Uint8Array;
}

/** The weights of one head of a layer, or with −1 their mean over all heads. */
export function pictureOf({ queries, keys, heads, weights, visible }: AttentionMap, head: number): HeadPicture {
  const size = queries * keys;
  if (head >= 0) {
    const start = Math.min(head, heads - 1) * size;
    return { queries, keys, weights: weights.subarray(start, start + size), visible };
  }
  const mean = new Float32Array(size);
  for (let at = 0; at < weights.length; at++) mean[at % size]! += (weights[at] as number) / heads;
  return { queries, keys, weights: mean, visible };
}

/**
 * Attention rollout: the product of `(A + I) / 2` over the layers, where `A` is the mean over heads. It follows what
 * attention lets through, and knows nothing of values, norms and feed-forward parts.
 *
 * @param maps - self-attention of all layers of one stream, the first layer first.
 * @source Abnar and Zuidema 2020, https://arxiv.org/abs/2005.00928
 */
export function rolloutOf(maps: readonly [AttentionMap, ...AttentionMap[]]): HeadPicture {
  const [{ queries: size, keys, visible }] = maps;
  let rolled = Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  for (const map of maps) {
    const { weights } = pictureOf(map, -1);
    const next = new Float32Array(size * size);
    for (let q = 0; q < size; q++) {
      for (let through = 0; through < size; through++) {
        const share = ((weights[q * size + through] as number) + (q === through ? 1 : 0)) / 2;
        if (share === 0) continue;
        for (let k = 0; k < size; k++) next[q * size + k]! += share * (rolled[through * size + k] as number);
      }
    }
    rolled = next;
  }
  return { queries: size, keys, weights: rolled, visible };
}

/** Bars beside a picture, each in [0, 1]. */
export interface Marginals {
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

/**
 * The bars beside a picture. With an area, a query has what it gives to the keys of the area, and a key what it has from the
 * queries of the area on average. Without one, a query has the evenness of its weights (their entropy over that of equal
 * weights), and a key the mean of what it has from the queries that may see it.
 */
export function marginalsOf({ queries, keys, weights, visible }: HeadPicture, area: CellArea | undefined): Marginals {
  const at = (query: number, key: number): number => weights[query * keys + key] as number;
  const isSeen = (query: number, key: number): boolean => visible[query * keys + key] === 1;
  const [rows, columns] = [range(0, queries - 1), range(0, keys - 1)];
  const [from, to] = [area ? range(...area.queries) : rows, area ? range(...area.keys) : columns];
  return {
    queries: rows.map((query) => {
      if (area) return sum(to.map((key) => at(query, key)));
      return evenness(columns.filter((key) => isSeen(query, key)).map((key) => at(query, key)));
    }),
    keys: columns.map((key) => {
      const asking = area ? from : rows.filter((query) => isSeen(query, key));
      return asking.length === 0 ? 0 : sum(asking.map((query) => at(query, key))) / asking.length;
    }),
  };
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function evenness(weights: readonly number[]): number {
  if (weights.length < 2) return 0;
  const entropy = sum(weights.map((weight) => (weight > 0 ? -weight * Math.log(weight) : 0)));
  return Math.min(1, entropy / Math.log(weights.length));
}

/** The picture in at most `most` rows and columns, each cell the greatest of those that it stands for. */
export function shrunk(picture: HeadPicture, most: number): HeadPicture {
  const { queries, keys, weights, visible } = picture;
  const each = Math.ceil(Math.max(queries, keys) / most);
  if (each === 1) return picture;
  const size = { queries: Math.ceil(queries / each), keys: Math.ceil(keys / each) };
  const small = {
    weights: new Float32Array(size.queries * size.keys),
    visible: new Uint8Array(size.queries * size.keys),
  };
  for (let query = 0; query < queries; query++) {
    for (let key = 0; key < keys; key++) {
      const [from, to] = [query * keys + key, Math.floor(query / each) * size.keys + Math.floor(key / each)];
      small.weights[to] = Math.max(small.weights[to] as number, weights[from] as number);
      small.visible[to]! |= visible[from] as number;
    }
  }
  return { ...size, ...small };
}

/** The greatest weight of a picture; 1 if all are 0. */
export const greatestOf = ({ weights }: HeadPicture): number =>
  weights.reduce((most, weight) => Math.max(most, weight), 0) || 1;
