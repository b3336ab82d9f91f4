import { type Example, isPair } from "@trivium/features";

/** Examples in a few arrays, which a worker hands over and a file holds as they are. */
export interface PackedExamples {
  /** What each example is: a sum of the flags below. */
  readonly kinds: Uint8Array;
  /** `[P + 1]`, the bounds of the parts in `ids`. A pair has two parts, a text has one, and one more for its sentences. */
  readonly bounds: Uint32Array;
  /** The ids of all parts, 16 bits wide where they fit. */
  readonly ids: Uint16Array | Uint32Array;
}

const PAIR = 1;
const ENDS = 2;
const SENTENCES = 4;

/** Puts examples into arrays, one after the other. */
export interface ExamplePacker {
  add(example: Example): void;
  /** Adds a text of the tokens between two bounds, which is not made an array of its own. */
  addWindow(tokens: readonly number[], bounds: readonly [start: number, end: number], ends: boolean): void;
  /** Returns what was added, and begins anew in the same memory. */
  packed(): PackedExamples;
}

export function createExamplePacker(): ExamplePacker {
  let kinds: number[] = [];
  let bounds = [0];
  let ids = new Uint32Array(2 ** 16);
  let [length, largest] = [0, 0];
  const addPart = (part: readonly number[], start: number, end: number) => {
    if (length + end - start > ids.length) ids = grown(ids, length + end - start);
    for (let at = start; at < end; at++) {
      const id = part[at] as number;
      if (id > largest) largest = id;
      ids[length++] = id;
    }
    bounds.push(length);
  };
  return {
    add(example) {
      kinds.push(kindOf(example));
      for (const part of partsOf(example)) addPart(part, 0, part.length);
    },
    addWindow(tokens, [start, end], ends) {
      kinds.push(ends ? ENDS : 0);
      addPart(tokens, start, end);
    },
    packed() {
      const own = ids.subarray(0, length);
      // `from` would ask an iterator for each id.
      const narrow = largest < 2 ** 16 ? new Uint16Array(own) : own.slice();
      const packed = { kinds: new Uint8Array(kinds), bounds: new Uint32Array(bounds), ids: narrow };
      [kinds, bounds, length, largest] = [[], [0], 0, 0];
      return packed;
    },
  };
}

function grown(ids: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(2 * ids.length, least));
  larger.set(ids);
  return larger;
}

/**
 * Puts examples into arrays.
 *
 * @example unpackExamples(packExamples([{ tokens: [5, 6] }])).length // => 1
 */
export function packExamples(examples: readonly Example[]): PackedExamples {
  const packer = createExamplePacker();
  for (const example of examples) packer.add(example);
  return packer.packed();
}

const partsOf = (example: Example): (readonly number[])[] => {
  if (isPair(example)) return [example.source, example.target];
  return example.sentences ? [example.tokens, example.sentences] : [example.tokens];
};

const kindOf = (example: Example): number => {
  if (isPair(example)) return PAIR;
  return (example.ends ? ENDS : 0) + (example.sentences ? SENTENCES : 0);
};

/** Returns a function from the place of an example to the example. */
export function exampleReader({ kinds, bounds, ids }: PackedExamples): (at: number) => Example {
  const first = new Uint32Array(kinds.length + 1);
  for (const [at, kind] of kinds.entries()) first[at + 1] = (first[at] as number) + (kind & (PAIR | SENTENCES) ? 2 : 1);
  // `Array.from` asks an iterator for each id, which takes longer than all the rest.
  const part = (at: number): number[] => {
    const [start, end] = [bounds[at] as number, bounds[at + 1] as number];
    const found = new Array<number>(end - start);
    for (let index = start; index < end; index++) found[index - start] = ids[index] as number;
    return found;
  };
  return (at) => {
    const [kind, own] = [kinds[at] as number, first[at] as number];
    if (kind & PAIR) return { source: part(own), target: part(own + 1) };
    const sentences = kind & SENTENCES ? part(own + 1) : undefined;
    return { tokens: part(own), ends: kind & ENDS ? true : undefined, sentences };
  };
}

/** The examples of a block, in their order. */
export function unpackExamples(packed: PackedExamples): Example[] {
  const read = exampleReader(packed);
  return Array.from(packed.kinds, (_, at) => read(at));
}

/** Gives the memory of examples back at once. The garbage collector would leave tens of megabytes of it lying. */
export function releaseExamples(packed: PackedExamples): void {
  for (const buffer of buffersOf(packed)) buffer.transfer(0);
}

/** The memory of examples: arrays may share it. */
export const buffersOf = (packed: PackedExamples): ReadonlySet<ArrayBuffer> =>
  new Set(Object.values(packed).map(({ buffer }: Uint8Array) => buffer as ArrayBuffer));
