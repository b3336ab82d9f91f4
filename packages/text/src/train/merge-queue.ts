/** Two neighbouring tokens that may become one. */
export interface Merge {
  readonly first: number;
  readonly second: number;
  /** How often they stand together, as far as is known. */
  readonly count: number;
  /** The words in which they do. */
  readonly words: ReadonlySet<number>;
}

/** The merges that are possible, the most frequent first; of equal ones that with the lowest ids. */
export interface MergeQueue {
  push(merge: Merge): void;
  pop(): Merge | undefined;
}

/** A binary heap of merges. */
export function createMergeQueue(): MergeQueue {
  const heap: Merge[] = [];
  const isBefore = (at: number, other: number): boolean => comesBefore(heap[at] as Merge, heap[other] as Merge);
  const swap = (at: number, other: number): void => {
    [heap[at], heap[other]] = [heap[other] as Merge, heap[at] as Merge];
  };
  return {
    push(merge) {
      let at = heap.push(merge) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const last = heap.pop();
      const top = heap[0];
      if (last === undefined || top === undefined) return last;
      heap[0] = last;
      for (let at = 0; ; ) {
        let first = 2 * at + 1;
        if (first + 1 < heap.length && isBefore(first + 1, first)) first += 1;
        if (first >= heap.length || !isBefore(first, at)) return top;
        swap(at, first);
        at = first;
      }
    },
  };
}

const comesBefore = (one: Merge, other: Merge): boolean => {
  if (one.count !== other.count) return one.count > other.count;
  return one.first === other.first ? one.second < other.second : one.first < other.first;
};
