import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { documentIds } from "./documents.ts";
import type { Features } from "./features.ts";
import { packedRows } from "./packed-rows.ts";
import { createPacker, type PackerOptions } from "./packer.ts";

/** An example whose ids are its number. */
const pair = (source: number, target: number, id: number): Features => ({
  streams: { source: Array(source).fill(id), target: Array(target).fill(id) },
  prefixLength: 0,
  targets: Array(target).fill(id),
  lossWeights: Array(target).fill(1),
});
const single = (length: number, id: number): Features => ({
  ...pair(1, length, id),
  streams: { tokens: Array(length).fill(id) },
});

function pack(examples: readonly Features[], options: PackerOptions) {
  const packer = createPacker(options);
  const given = examples.flatMap((example) => {
    const row = packer.add(example);
    return row ? [row] : [];
  });
  return [...given, ...packer.flush()];
}
const lengths = (rows: readonly (readonly Features[])[]) => rows.map((row) => row.map(({ targets }) => targets.length));
const singles = (sizes: readonly number[]) => sizes.map((size, at) => single(size, at + 1));

test("an example goes into the open row in which it leaves the least room", () => {
  expect(lengths(pack(singles([5, 7, 3, 1, 3]), { length: 8 }))).toEqual([[5, 3], [7, 1], [3]]);
});

test("where no row has room and none may be opened, the fullest is given out", () => {
  const packer = createPacker({ length: 8, open: 2 });
  const [a, b, c, d] = singles([5, 7, 6, 1]) as [Features, Features, Features, Features];
  expect([packer.add(a), packer.add(b), packer.add(c)]).toEqual([undefined, undefined, [b]]);
  expect(packer.add(d)).toBeUndefined();
  expect(packer.flush()).toEqual([[a], [c, d]]);
  expect(packer.flush()).toEqual([]);
});

test("with one open row, rows are filled in the order of the examples", () => {
  const rows = pack(singles([5, 2, 4, 8, 1]), { length: 8, open: 1 });
  expect(lengths(rows)).toEqual([[5, 2], [4], [8], [1]]);
});

test("pitfall 27: source and target go into the same row, and the documents of both streams have the same numbers", () => {
  const rows = pack([pair(6, 1, 1), pair(1, 6, 2), pair(2, 2, 3), pair(4, 4, 4)], { length: 8 });
  const { source, target } = packedRows(rows).streams;
  for (const rows of [source!, target!])
    expect(
      documentIds(rows).flatMap((slots, row) =>
        slots.map((document, slot) => [document, rows.ids[row * rows.length + slot]]),
      ),
    ).toEqual(
      documentIds(rows).flatMap((slots) =>
        slots.map((document) => [document, document < 0 ? 0 : [1, 2, 3, 4][document]]),
      ),
    );
});

describe("the limit is exact", () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), { minLength: 1 });
  const limits = fc.record({ source: fc.integer({ min: 9, max: 20 }), target: fc.integer({ min: 9, max: 20 }) });

  test("whatever the examples: each is there once, no row exceeds a limit, and a row that is full is found", () => {
    fc.assert(
      fc.property(sizes, limits, fc.integer({ min: 1, max: 5 }), (some, length, open) => {
        const examples = some.map(([source, target], at) => pair(source, target, at + 1));
        const rows = pack(examples, { length, open });
        expect([...rows.flat()].sort((a, b) => a.targets[0]! - b.targets[0]!)).toEqual(examples);
        for (const row of rows)
          for (const name of ["source", "target"] as const)
            expect(row.reduce((sum, { streams }) => sum + streams[name]!.length, 0)).toBeLessThanOrEqual(length[name]);
      }),
    );
    expect(lengths(pack(singles([3, 5, 8]), { length: 8 }))).toEqual([[3, 5], [8]]);
  });

  test("an example that fits into no row is refused with its stream", () => {
    expect(() => createPacker({ length: { source: 8, target: 4 } }).add(pair(3, 5, 1))).toThrow(
      'example 0 has 5 tokens in stream "target", rows are packed to 4; pack to 5 or more, or shorten it',
    );
    expect(() => createPacker({ length: { source: 8 } }).add(pair(3, 5, 1))).toThrow(
      'in stream "target", rows are packed to 0',
    );
    expect(() => createPacker({ length: 8 }).add(pair(3, 0, 1))).toThrow('no token in stream "target"');
  });

  test.each<PackerOptions>([{ length: 0 }, { length: 8.5 }, { length: { source: -1 } }, { length: 8, open: 0 }])(
    "%o is refused",
    (options) => {
      expect(() => createPacker(options)).toThrow(/positive integers, got/);
    },
  );
});

test("more open rows leave less room", () => {
  const some = Array.from({ length: 400 }, (_, at) => 20 + ((at * 37) % 90));
  const waste = (open: number) => {
    const rows = pack(singles(some), { length: 128, open });
    return 1 - some.reduce((sum, size) => sum + size, 0) / (rows.length * 128);
  };
  expect(waste(1)).toBeGreaterThan(0.2);
  expect(waste(16)).toBeLessThan(0.07);
});
