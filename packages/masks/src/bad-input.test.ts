import { TriviumError } from "@trivium/core";
import { expect, test } from "vitest";
import { and } from "./algebra/and.ts";
import { not, notMask } from "./algebra/not.ts";
import { or } from "./algebra/or.ts";
import { packed } from "./algebra/packed.ts";
import { positioned } from "./algebra/positioned.ts";
import { toBlocks } from "./lowerings/to-blocks.ts";
import { toDense } from "./lowerings/to-dense.ts";
import { attentionFlops, density } from "./lowerings/visible-pairs.ts";
import type { Mask } from "./mask.ts";
import { mask } from "./mask-plugin.ts";
import { causal, causalMask } from "./primitives/causal.ts";
import { custom } from "./primitives/custom.ts";
import { documents } from "./primitives/documents.ts";
import { full } from "./primitives/full.ts";
import { padding } from "./primitives/padding.ts";
import { prefix } from "./primitives/prefix.ts";
import { window } from "./primitives/window.ts";

const cases: readonly [code: string, message: string, act: () => unknown][] = [
  ["masks/causal-offset", "offset should be an integer, got NaN", () => causal({ offset: Number.NaN })],
  ["masks/causal-offset", "offset should be an integer, got 0.5", () => causal({ offset: 0.5 })],
  ["masks/prefix-lengths", "lengths should be an integer of at least 0, got -1", () => prefix({ lengths: -1 })],
  [
    "masks/prefix-lengths",
    "lengths[1] should be an integer of at least 0, got 2.5",
    () => prefix({ lengths: [1, 2.5] }),
  ],
  ["masks/prefix-lengths", "lengths should have at least one row, got an empty list", () => prefix({ lengths: [] })],
  [
    "masks/padding-lengths",
    "lengths should be an integer of at least 0, got Infinity",
    () => padding({ lengths: 1 / 0 }),
  ],
  ["masks/padding-lengths", 'got "3"', () => padding({ lengths: "3" as never })],
  ["masks/window", "left should be an integer of at least 0, got -2", () => window({ left: -2 })],
  ["masks/window", "right should be an integer of at least 0, got NaN", () => window({ left: 1, right: Number.NaN })],
  ["masks/document-ids", "ids[2] should be an integer, got 0.1", () => documents({ ids: [0, 0, 0.1] })],
  [
    "masks/document-ids",
    "ids should be a list of integers, one for each position, got 3",
    () => documents({ ids: 3 as never }),
  ],
  ["masks/document-ids", "ids[1] should be a list of integers", () => documents({ ids: [[0], 1] as never })],
  [
    "masks/document-ids",
    "every row of ids should have the same length, got lengths 2, 3",
    () =>
      documents({
        ids: [
          [0, 0],
          [0, 0, 1],
        ],
      }),
  ],
  ["masks/document-ids", "got ids 2, keyIds 1", () => documents({ ids: [[0], [0]], keyIds: [[0]] })],
  ["masks/document-ids", "in row 0 queries hold 0, 1, keys 0", () => packed(full(), [0, 1], [0, 0])],
  ["masks/packed-rows", "it should have 2 rows, got 3", () => packed(prefix({ lengths: [1, 1, 1] }), [0, 1])],
  [
    "masks/positions",
    "queries[0] should be an integer of at least -1, got -2",
    () => positioned(full(), { queries: [-2], keys: [0] }),
  ],
  [
    "masks/positions",
    "got inner 3, queries 2, keys 2",
    () => positioned(prefix({ lengths: [1, 1, 1] }), { queries: [[0], [0]], keys: [[0], [0]] }),
  ],
  ["masks/name", 'kebab-case, got "My Mask"', () => custom("My Mask", () => true)],
  ["masks/name", 'kebab-case, got "myMask"', () => mask("myMask", () => ({ visible: () => true }))],
  ["masks/children", "and combines one or more masks, got 0", () => and()],
  ["masks/children", "not combines 1 mask, got 2", () => notMask.create({}, [full(), full()])],
  ["masks/children", "causal combines no other masks, got 1", () => causalMask.create({}, [full()])],
  [
    "masks/operator",
    'should be one character, and no letter, digit, quote or one of ( ) [ ] , ; =; got ";"',
    () => mask("xor", () => full(), { children: 2, text: { operator: ";", binding: 1 } }),
  ],
  [
    "masks/rows",
    "padding has 3, one before it has 2",
    () => and(prefix({ lengths: [1, 2] }), padding({ lengths: [1, 2, 3] })),
  ],
  ["masks/size", "queries should be an integer of at least 0, got -1", () => toDense(full(), { queries: -1, keys: 2 })],
  ["masks/size", "keys should be an integer of at least 0, got 2.5", () => density(full(), { queries: 1, keys: 2.5 })],
  [
    "masks/block-size",
    "blockKeys should be an integer of at least 1, got 0",
    () => toBlocks(full(), { queries: 4, keys: 4, blockQueries: 2, blockKeys: 0 }),
  ],
  [
    "masks/head-width",
    "headWidth should be an integer of at least 1, got 0",
    () => attentionFlops(full(), { queries: 1, keys: 1, headWidth: 0 }),
  ],
];

test.each(cases)("%s: %s", (code, message, act) => {
  const error = thrownBy(act);
  expect(error.message).toContain(message);
  expect(error.code).toBe(code);
});

const twoRows = prefix({ lengths: [1, 2] });
const guarded: readonly [string, Mask][] = [
  ["a primitive", twoRows],
  ["and, where the first operand already decides", and(not(full()), twoRows)],
  ["or, where the first operand already decides", or(full(), twoRows)],
  ["not", not(twoRows)],
  [
    "packed",
    packed(causal(), [
      [0, 0],
      [0, 1],
    ]),
  ],
  ["positioned", positioned(full(), { queries: [[0], [0]], keys: [[0], [0]] })],
];

test.each(guarded)("a mask of 2 rows asked about row 2 throws instead of answering for row 0: %s", (_name, mask) => {
  const block = { start: 0, end: 1 };
  for (const act of [() => mask.visible(2, 0, 0, 0), () => mask.classify(2, 0, block, block)]) {
    const error = thrownBy(act);
    expect(error.code).toBe("masks/row");
    expect(error.message).toContain("the mask speaks of 2 batch rows, got batch row 2");
  }
});

test("lowering a mask of 2 rows for 3 rows is refused, one that is the same for all is not", () => {
  const size = { queries: 2, keys: 2, rows: 3 };
  expect(thrownBy(() => toDense(twoRows, size)).message).toBe("the mask speaks of 2 rows, but is used for 3");
  expect(toDense(causal(), size).shape).toEqual([1, 1, 2, 2]);
});

function thrownBy(act: () => unknown): TriviumError {
  try {
    act();
  } catch (error) {
    if (TriviumError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
