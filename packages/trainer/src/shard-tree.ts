/** The sum over `count` consecutive shards, the first of which is `first`. */
export interface ShardSum<T> {
  readonly first: number;
  readonly count: number;
  readonly sum: T;
}

/**
 * Adds one more sum to sums over shards, by a binary tree that depends on the number of shards alone: shards 0 and 1 are
 * added, 2 and 3, then these two sums. Sums that are neighbours in the tree become one.
 *
 * Floating-point sums depend on their order. By this tree, any split of the shards among processes gives the same bits.
 *
 * @param sums - in the order of their shards; `next` lies behind all of them.
 * @param of - number of shards in all.
 * @param add - consumes both.
 */
export function joinShards<T>(
  sums: readonly ShardSum<T>[],
  next: ShardSum<T>,
  { of, add }: { readonly of: number; readonly add: (left: T, right: T) => T },
): readonly ShardSum<T>[] {
  const last = sums.at(-1);
  if (!last || !areSiblings(last, next, of)) return [...sums, next];
  const joined = { first: last.first, count: last.count + next.count, sum: add(last.sum, next.sum) };
  return joinShards(sums.slice(0, -1), joined, { of, add });
}

/** A left child is full and begins at a multiple of twice its size; at the end of the shards a right child is cut short. */
function areSiblings(left: ShardSum<unknown>, right: ShardSum<unknown>, of: number): boolean {
  const { first, count } = left;
  if (first + count !== right.first || first % (2 * count) !== 0 || !isPowerOfTwo(count)) return false;
  return right.count === Math.min(count, of - right.first);
}

const isPowerOfTwo = (count: number): boolean => Number.isInteger(Math.log2(count));
