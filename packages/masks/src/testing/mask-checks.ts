import { expect } from "vitest";
import { createMaskCache } from "../lowerings/mask-cache.ts";
import { type BlockIndex, toBlocks } from "../lowerings/to-blocks.ts";
import { toDense } from "../lowerings/to-dense.ts";
import { toIntervals } from "../lowerings/to-intervals.ts";
import { visiblePairs } from "../lowerings/visible-pairs.ts";
import type { Mask, Range, Visibility } from "../mask.ts";
import type { MaskPlugins } from "../mask-plugin.ts";
import { sameMask } from "../same-mask.ts";
import { maskFromJson, maskToJson } from "../writing/json.ts";
import { parseMask } from "../writing/parse-mask.ts";
import { printMask } from "../writing/print-mask.ts";

/** The names of the suite's tests. */
export const maskTests = [
  "visible is pure",
  "rows and heads that it does not speak of make no difference",
  "classify keeps its promises",
  "rows and heads out of range are refused",
  "dense agrees with the predicate",
  "blocks agree with the predicate",
  "intervals agree with the predicate",
  "visible pairs are counted exactly",
  "JSON gives the same mask back",
  "text gives the same mask back",
  "a mask made anew finds its plan",
] as const;

export type MaskTest = (typeof maskTests)[number];

/** A mask under test, and the size of the matrix to look at. */
export interface MaskUnderTest {
  readonly create: () => Mask;
  readonly queries: number;
  readonly keys: number;
  readonly plugins: MaskPlugins;
}

/**
 * Runs one test of the suite.
 *
 * @throws the error of vitest's `expect` if the mask does not pass.
 */
export function checkMask(title: MaskTest, { create, queries, keys, plugins }: MaskUnderTest): void {
  const mask = create();
  checks[title]({ create, mask, queries, keys, plugins, truth: tabulate(mask, queries, keys) });
}

interface Subject extends MaskUnderTest {
  readonly mask: Mask;
  /** `[B, H, Q, K]`, row-major, from `visible` alone. */
  readonly truth: Uint8Array;
}

const checks: Readonly<Record<MaskTest, (subject: Subject) => void>> = {
  "visible is pure": ({ create, mask, queries, keys, truth }) => {
    expect(tabulate(mask, queries, keys, "backwards")).toEqual(truth);
    expect(tabulate(create(), queries, keys)).toEqual(truth);
  },
  "rows and heads that it does not speak of make no difference": ({ mask, queries, keys }) => {
    const others = [...(mask.rows === null ? [[1, 0]] : []), ...(mask.heads === null ? [[0, 1]] : [])];
    for (const [b, h] of others as [number, number][]) {
      const differs = (at: number) => {
        const [q, k] = [Math.floor(at / keys), at % keys];
        return mask.visible(b, h, q, k) !== mask.visible(0, 0, q, k);
      };
      const different = Array.from({ length: queries * keys }, (_, at) => at).filter(differs);
      expect(different, `pairs of row ${b}, head ${h} that differ from row 0, head 0`).toEqual([]);
    }
  },
  "classify keeps its promises": (subject) => {
    const broken: string[] = [];
    forEachBlock(subject, (b, h, q, k, expected) => {
      const verdict = subject.mask.classify(b, h, q, k);
      if (verdict !== "some" && verdict !== expected) broken.push(describeBlock(b, h, q, k, verdict));
    });
    expect(broken).toEqual([]);
  },
  "rows and heads out of range are refused": ({ mask }) => {
    const range = { start: 0, end: 1 };
    const outside = [
      ...(mask.rows === null ? [] : [[mask.rows, 0]]),
      ...(mask.heads === null ? [] : [[0, mask.heads]]),
    ];
    for (const [b, h] of outside as [number, number][]) {
      expect(() => mask.visible(b, h, 0, 0)).toThrow();
      expect(() => mask.classify(b, h, range, range)).toThrow();
    }
  },
  "dense agrees with the predicate": ({ mask, queries, keys, truth }) => {
    const dense = toDense(mask, { queries, keys });
    expect(dense.shape).toEqual([mask.rows ?? 1, mask.heads ?? 1, queries, keys]);
    expect(dense.values).toEqual(truth);
  },
  "blocks agree with the predicate": (subject) => {
    for (const exact of [false, true]) for (const size of [1, 4, 7]) checkBlocks(subject, size, exact);
  },
  "intervals agree with the predicate": checkIntervals,
  "visible pairs are counted exactly": ({ mask, queries, keys, truth }) => {
    expect(visiblePairs(mask, { queries, keys })).toBe(truth.reduce((sum, bit) => sum + bit, 0));
  },
  "JSON gives the same mask back": ({ plugins, ...subject }) => {
    const json = JSON.stringify(maskToJson(subject.mask, { plugins }));
    checkSame(subject, maskFromJson(JSON.parse(json), { plugins }));
  },
  "text gives the same mask back": ({ plugins, ...subject }) => {
    checkSame(subject, parseMask(printMask(subject.mask, { plugins }), { plugins }));
    checkSame(subject, parseMask(printMask(subject.mask), { plugins }));
  },
  "a mask made anew finds its plan": ({ create, mask, queries, keys }) => {
    const plans = createMaskCache<object>(1);
    const [first, again] = [mask, create()].map((one) => plans(one, { queries, keys }, () => ({})));
    // Plans of masks with rows belong to one batch.
    expect(first === again).toBe(mask.rows === null);
  },
};

const matrices = (mask: Mask) =>
  Array.from({ length: (mask.rows ?? 1) * (mask.heads ?? 1) }, (_, index) => ({
    b: Math.floor(index / (mask.heads ?? 1)),
    h: index % (mask.heads ?? 1),
    base: index,
  }));

function tabulate(mask: Mask, queries: number, keys: number, order?: "backwards"): Uint8Array {
  const area = queries * keys;
  const all = matrices(mask);
  const truth = new Uint8Array(all.length * area);
  const places = all.flatMap(({ b, h, base }) => Array.from({ length: area }, (_, at) => ({ b, h, base, at })));
  for (const { b, h, base, at } of order === undefined ? places : places.reverse()) {
    truth[base * area + at] = mask.visible(b, h, Math.floor(at / keys), at % keys) ? 1 : 0;
  }
  return truth;
}

/** The right verdict on a block, from its pairs. */
function verdictOf({ keys, queries, truth }: Subject, base: number, q: Range, k: Range): Visibility {
  let visible = 0;
  for (let query = q.start; query < q.end; query++) {
    for (let key = k.start; key < k.end; key++) visible += truth[(base * queries + query) * keys + key] as number;
  }
  if (visible === 0) return "none";
  return visible === (q.end - q.start) * (k.end - k.start) ? "all" : "some";
}

const blockSizes = [
  [1, 1],
  [2, 3],
  [5, 4],
  [8, 8],
  [1, 64],
  [64, 1],
  [64, 64],
] as const;

function forEachBlock(
  subject: Subject,
  visit: (b: number, h: number, q: Range, k: Range, expected: Visibility) => void,
): void {
  for (const { b, h, base } of matrices(subject.mask)) {
    for (const [height, width] of blockSizes) {
      for (const q of cut(subject.queries, height)) {
        for (const k of cut(subject.keys, width)) visit(b, h, q, k, verdictOf(subject, base, q, k));
      }
    }
  }
}

const cut = (length: number, size: number): Range[] =>
  Array.from({ length: Math.ceil(length / size) }, (_, index) => ({
    start: index * size,
    end: Math.min(length, (index + 1) * size),
  }));

const describeBlock = (b: number, h: number, q: Range, k: Range, verdict: string) =>
  `row ${b}, head ${h}, queries ${q.start}–${q.end - 1}, keys ${k.start}–${k.end - 1} were called "${verdict}"`;

function checkBlocks(subject: Subject, size: number, exact: boolean): void {
  const { mask, queries, keys } = subject;
  const map = toBlocks(mask, { queries, keys, blockQueries: size, blockKeys: size, exact });
  const wrong: string[] = [];
  for (const { b, h, base } of matrices(mask)) {
    const { forward, transposed } = map.at(b, h);
    for (const [query, q] of cut(queries, size).entries()) {
      for (const [key, k] of cut(keys, size).entries()) {
        const listed = listing(forward, query, key);
        const across = listing(transposed, key, query);
        const promised = exact || listed !== "some";
        const right = listed === across && (!promised || listed === verdictOf(subject, base, q, k));
        if (!right) wrong.push(`${describeBlock(b, h, q, k, listed)}, transposed "${across}"`);
      }
    }
  }
  expect(wrong).toEqual([]);
}

function listing({ full, partial }: BlockIndex, at: number, block: number): Visibility {
  if (full[at]?.includes(block)) return "all";
  return partial[at]?.includes(block) ? "some" : "none";
}

function checkIntervals({ mask, queries, keys, truth }: Subject): void {
  const result = toIntervals(mask, { queries, keys });
  const rows = Array.from({ length: truth.length / keys }, (_, row) => truth.subarray(row * keys, (row + 1) * keys));
  const isInterval = (row: Uint8Array) => row.lastIndexOf(1) - row.indexOf(1) + 1 === row.reduce((a, b) => a + b, 0);
  if ("reason" in result) {
    expect(
      rows.every((row) => !row.includes(1) || isInterval(row)),
      result.reason,
    ).toBe(false);
    return;
  }
  const { start, end } = result.intervals;
  rows.forEach((row, index) => {
    const expected = new Uint8Array(keys).fill(1, start[index], end[index]);
    expect(row).toEqual(expected);
  });
}

function checkSame({ mask, queries, keys, truth }: Omit<Subject, "plugins">, again: Mask): void {
  expect(again.spec).toEqual(mask.spec);
  expect(sameMask(again, mask)).toBe(true);
  expect(tabulate(again, queries, keys)).toEqual(truth);
}
