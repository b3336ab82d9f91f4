import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mask } from "../mask.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { documents } from "../primitives/documents.ts";
import { full } from "../primitives/full.ts";
import { padding } from "../primitives/padding.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { arbitraryMask } from "../testing/arbitrary-mask.ts";
import { matrixRows } from "../testing/matrix-rows.ts";
import { and } from "./and.ts";
import { not } from "./not.ts";
import { or } from "./or.ts";
import { packed } from "./packed.ts";
import { logicalPositions, positioned } from "./positioned.ts";

const any = arbitraryMask({ rows: 2, depth: 2 });

/** Both rows, so that masks with and without rows can be compared. */
const pairs = (mask: Mask) => [0, 1].flatMap((b) => matrixRows(mask, 12, 14, b));

test("De Morgan's laws, double negation and the neutral elements hold", () => {
  fc.assert(
    fc.property(any, any, (a, b) => {
      expect(pairs(not(and(a, b)))).toEqual(pairs(or(not(a), not(b))));
      expect(pairs(not(or(a, b)))).toEqual(pairs(and(not(a), not(b))));
      expect(pairs(not(not(a)))).toEqual(pairs(a));
      expect(pairs(and(a, full()))).toEqual(pairs(a));
      expect(pairs(or(a, not(full())))).toEqual(pairs(a));
    }),
  );
});

test("and and or are commutative, associative, distributive and absorbing", () => {
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      expect(pairs(and(a, b))).toEqual(pairs(and(b, a)));
      expect(pairs(or(a, or(b, c)))).toEqual(pairs(or(a, b, c)));
      expect(pairs(and(a, or(b, c)))).toEqual(pairs(or(and(a, b), and(a, c))));
      expect(pairs(or(a, and(a, b)))).toEqual(pairs(a));
    }),
  );
});

test("one mask combined with nothing is that mask", () => {
  const one = causal();
  expect(and(one)).toBe(one);
  expect(or(one)).toBe(one);
});

test("the prefix-LM mask is bidirectional inside the prefix and causal after it", () => {
  expect(matrixRows(or(prefix({ lengths: 2 }), causal()), 4)).toEqual(["xx..", "xx..", "xxx.", "xxxx"]);
});

test("pitfall 7: (causal or prefix) and same document and padding; another order opens the padding", () => {
  const lengths = 3;
  const right = and(or(prefix({ lengths: 5 }), causal()), padding({ lengths }));
  const wrong = or(prefix({ lengths: 5 }), and(causal(), padding({ lengths })));
  const sees = (mask: Mask) => matrixRows(mask, 5).some((row) => row.slice(lengths).includes("x"));
  expect(sees(right)).toBe(false);
  expect(sees(wrong)).toBe(true);
});

test("packed equals each document's own mask on the diagonal, and shows nothing else", () => {
  fc.assert(
    fc.property(
      arbitraryMask({ rows: null, depth: 2 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      (inner, lengths) => {
        const ids = lengths.flatMap((length, id) => new Array<number>(length).fill(id));
        const starts = lengths.map((_, id) => ids.indexOf(id));
        const mask = packed(inner, ids);
        ids.forEach((id, q) => {
          ids.forEach((other, k) => {
            const start = starts[id] as number;
            const expected = id === other && inner.visible(0, 0, q - start, k - start);
            expect(mask.visible(0, 0, q, k)).toBe(expected);
          });
        });
      },
    ),
  );
});

test("inside packed, rows of the inner mask are documents, numbered through the batch", () => {
  const inner = or(prefix({ lengths: [2, 1, 3] }), causal());
  const mask = packed(inner, [
    [7, 7, 7, 4, -1],
    [1, 1, 1, 1, 1],
  ]);
  expect(matrixRows(mask, 5, 5, 0)).toEqual(["xx...", "xx...", "xxx..", "...x.", "....."]);
  expect(matrixRows(mask, 5, 5, 1)).toEqual(["xxx..", "xxx..", "xxx..", "xxxx.", "xxxxx"]);
});

test("a returning id is another document to packed, the same one to documents", () => {
  const ids = [0, 1, 0];
  expect(matrixRows(packed(full(), ids), 3)).toEqual(["x..", ".x.", "..x"]);
  expect(matrixRows(documents({ ids }), 3)).toEqual(["x.x", ".x.", "x.x"]);
});

test("pitfall 9: a mask that only resets positions lets documents see one another, packed does not", () => {
  const ids = [0, 0, 1, 1];
  const reset = positioned(causal(), { queries: [0, 1, 0, 1], keys: [0, 1, 0, 1] });
  expect(matrixRows(reset, 4)[2]).toBe("x.x.");
  expect(matrixRows(packed(causal(), ids), 4)[2]).toBe("..x.");
});

test("pitfall 27: an encoder–decoder packs with documents on encoder, decoder and cross attention", () => {
  const [source, target] = [
    [0, 0, 1, 1, 1],
    [0, 0, 0, 1],
  ];
  expect(matrixRows(packed(full(), source), 5)[0]).toBe("xx...");
  expect(matrixRows(packed(causal(), target), 4)).toEqual(["x...", "xx..", "xxx.", "...x"]);
  const cross = ["xx...", "xx...", "xx...", "..xxx"];
  expect(matrixRows(documents({ ids: target, keyIds: source }), 4, 5)).toEqual(cross);
  expect(matrixRows(packed(full(), target, source), 4, 5)).toEqual(cross);
});

test("pitfall 5: under a cache the query's position says what it sees; top-left alignment shows key 0 alone", () => {
  expect(matrixRows(causal(), 1, 8)).toEqual(["x......."]);
  expect(matrixRows(causal({ offset: 7 }), 1, 8)).toEqual(["xxxxxxxx"]);
  const slots = positioned(causal(), { queries: [3], keys: [0, 1, 2, 3, -1, -1, -1, -1] });
  expect(matrixRows(slots, 1, 8)).toEqual(["xxxx...."]);
});

test("pitfall 15: with padding on the left the prefix is counted in logical positions", () => {
  const real = [
    [0, 0, 1, 1, 1],
    [1, 1, 1, 1, 1],
  ];
  const positions = logicalPositions(real);
  expect(positions).toEqual([
    [-1, -1, 0, 1, 2],
    [0, 1, 2, 3, 4],
  ]);
  const inner = or(prefix({ lengths: [2, 2] }), causal());
  const mask = positioned(inner, { queries: positions, keys: positions });
  expect(matrixRows(mask, 5, 5, 0)).toEqual([".....", ".....", "..xx.", "..xx.", "..xxx"]);
  expect(matrixRows(mask, 5, 5, 1)).toEqual(matrixRows(inner, 5, 5, 1));
});

test("left-padded rows show the same pairs of real tokens as right-padded ones", () => {
  fc.assert(
    fc.property(arbitraryMask({ rows: null, depth: 2 }), fc.integer({ min: 1, max: 8 }), (inner, length) => {
      const size = 8;
      const left = logicalPositions([Array.from({ length: size }, (_, at) => at >= size - length)]);
      const right = logicalPositions([Array.from({ length: size }, (_, at) => at < length)]);
      const shift = size - length;
      const leftRows = matrixRows(positioned(inner, { queries: left, keys: left }), size);
      const rightRows = matrixRows(positioned(inner, { queries: right, keys: right }), size);
      expect(leftRows.slice(shift).map((row) => row.slice(shift))).toEqual(
        rightRows.slice(0, length).map((row) => row.slice(0, length)),
      );
    }),
  );
});

test("a window inside packed documents counts from the document's start, heads are kept", () => {
  const byHead = custom("by-head", (_b, h, q, k) => q - k === h, { heads: 2 });
  const mask = packed(and(byHead, window({ left: 1 })), [0, 0, 1, 1]);
  expect(mask.heads).toBe(2);
  expect(matrixRows(mask, 4, 4, 0, 1)).toEqual(["....", "x...", "....", "..x."]);
});
