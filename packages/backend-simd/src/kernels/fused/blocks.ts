/** Elements that are taken together: enough to be worth a call, few enough that threads share the work evenly. */
export const BLOCK = 4096;

/** Where each tensor's blocks begin when those of all are counted one after the other, and how many there are. */
export function blocksOf(lengths: readonly number[]): { readonly first: readonly number[]; readonly count: number } {
  let count = 0;
  const first = lengths.map((length) => {
    const begin = count;
    count += Math.ceil(length / BLOCK);
    return begin;
  });
  return { first, count };
}
