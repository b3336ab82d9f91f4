import fc from "fast-check";
import { expect, test } from "vitest";
import { and } from "../algebra/and.ts";
import { not } from "../algebra/not.ts";
import { or } from "../algebra/or.ts";
import { packed } from "../algebra/packed.ts";
import { positioned } from "../algebra/positioned.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { documents } from "../primitives/documents.ts";
import { full } from "../primitives/full.ts";
import { padding } from "../primitives/padding.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { arbitraryMask } from "../testing/arbitrary-mask.ts";
import { blindSpots, trespasses } from "./blind-spots.ts";

const prefixLm = (lengths: number | number[]) => or(prefix({ lengths }), causal());
const texts = (differences: readonly { text: string }[]) => differences.map(({ text }) => text);

test("pitfall 8: an encoder whose full mask was elided to causal is blind to what comes later (transformers#42820)", () => {
  const spots = blindSpots({ streams: { source: 4 }, selfMask: causal(), layers: 24, expected: { selfMask: full() } });
  expect(texts(spots)).toEqual([
    "row 0: source[0] does not see source[1–3]",
    "row 0: source[1] does not see source[2–3]",
    "row 0: source[2] does not see source[3]",
  ]);
});

test("pitfall 8: a mask that was left out is refused rather than guessed", () => {
  const act = () =>
    blindSpots({ streams: { source: 4 }, selfMask: undefined as never, expected: { selfMask: full() } });
  expect(act).toThrow('the self-attention of stream "source" has no mask');
});

test("pitfall 5: a cached step with top-left alignment sees key 0 alone", () => {
  const step = { streams: { tokens: { queries: 1, keys: 8 } }, expected: { selfMask: causal({ offset: 7 }) } };
  expect(texts(blindSpots({ ...step, selfMask: causal() }))).toEqual(["row 0: tokens[0] does not see tokens[1–7]"]);
  const placed = positioned(causal(), { queries: [7], keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  expect(blindSpots({ ...step, selfMask: placed })).toEqual([]);
});

test("targets that do not see the prefix, and prefix rows that do not see all of it, are blind (sonar#1526)", () => {
  const expected = { selfMask: prefixLm(3) };
  const noPrefix = and(
    causal(),
    or(
      not(prefix({ lengths: 3 })),
      custom("in-prefix", (_b, _h, q) => q < 3),
    ),
  );
  expect(texts(blindSpots({ streams: { tokens: 5 }, selfMask: noPrefix, expected }))).toEqual([
    "row 0: tokens[0] does not see tokens[1–2]",
    "row 0: tokens[1] does not see tokens[2]",
    "row 0: tokens[3] does not see tokens[0–2]",
    "row 0: tokens[4] does not see tokens[0–2]",
  ]);
});

test("pitfall 15: a prefix counted in physical positions misses the end of a left-padded one", () => {
  const positions = [[-1, -1, 0, 1, 2, 3]];
  const expected = { selfMask: positioned(prefixLm([3]), { queries: positions, keys: positions }) };
  const real = [[-1, -1, 0, 0, 0, 0]];
  const physical = and(prefixLm([3]), documents({ ids: real }));
  const spots = blindSpots({ streams: { tokens: 6 }, selfMask: physical, expected });
  expect(texts(spots)).toEqual([
    "row 0: tokens[2] does not see tokens[3–4]",
    "row 0: tokens[3] does not see tokens[4]",
  ]);
});

test("an encoder whose padding mask hides real tokens is blind in that row (transformers#36293)", () => {
  const streams = { source: 4, target: 2 };
  const masks = {
    selfMask: { source: padding({ lengths: [4, 2] }), target: causal() },
    crossMask: padding({ lengths: [4, 2] }),
  };
  const expected = { selfMask: { source: padding({ lengths: [4, 3] }) }, crossMask: padding({ lengths: [4, 3] }) };
  const spots = blindSpots({ streams, ...masks, expected });
  expect(new Set(spots.map(({ row }) => row))).toEqual(new Set([1]));
  expect(texts(spots)).toContain("row 1: target[0] does not see source[2]");
  expect(blindSpots({ streams, ...masks, expected: { selfMask: masks.selfMask, crossMask: masks.crossMask } })).toEqual(
    [],
  );
});

test("a window passes things on through layers: what one layer misses, enough layers see", () => {
  const options = { streams: { tokens: 7 }, selfMask: window({ left: 2 }), expected: { selfMask: causal() } };
  expect(blindSpots(options)).toHaveLength(4);
  expect(texts(blindSpots({ ...options, layers: 2 }))).toEqual([
    "row 0: tokens[5] does not see tokens[0]",
    "row 0: tokens[6] does not see tokens[0–1]",
  ]);
  expect(blindSpots({ ...options, layers: 3 })).toEqual([]);
});

test("a head that sees is enough, and a position knows itself", () => {
  const split = custom("split", (_b, h, q, k) => k < q && k % 2 === h, { heads: 2 });
  expect(blindSpots({ streams: { tokens: 5 }, selfMask: split, expected: { selfMask: causal() } })).toEqual([]);
});

test("pitfall 9: packed documents without isolation trespass on one another", () => {
  const ids = [0, 0, 1, 1];
  const allowed = { selfMask: documents({ ids }) };
  const streams = { tokens: 4 };
  expect(texts(trespasses({ streams, selfMask: causal(), allowed }))).toEqual([
    "row 0: tokens[2] sees tokens[0–1]",
    "row 0: tokens[3] sees tokens[0–1]",
  ]);
  const reset = positioned(causal(), { queries: [0, 1, 0, 1], keys: [0, 1, 0, 1] });
  expect(trespasses({ streams, selfMask: reset, allowed })).not.toEqual([]);
  expect(trespasses({ streams, selfMask: packed(causal(), ids), allowed })).toEqual([]);
});

test("pitfall 27: cross-attention without documents trespasses though both self-attentions are right", () => {
  const [source, target] = [
    [0, 0, 1],
    [0, 1],
  ];
  const streams = { source: 3, target: 2 };
  const selfMask = { source: documents({ ids: source }), target: packed(causal(), target) };
  const cross = documents({ ids: target, keyIds: source });
  const allowed = { selfMask, crossMask: cross };
  expect(texts(trespasses({ streams, selfMask, crossMask: full(), allowed }))).toEqual([
    "row 0: target[0] sees source[2]",
    "row 0: target[1] sees source[0–1]",
  ]);
  expect(trespasses({ streams, selfMask, crossMask: cross, allowed })).toEqual([]);
});

test("pitfall 7: padding that a prefix was OR-ed over is seen again (transformers#35855)", () => {
  const lengths = [4, 2];
  const allowed = { selfMask: padding({ lengths }) };
  const streams = { tokens: 4 };
  const wrong = or(and(causal(), padding({ lengths })), prefix({ lengths: [3, 3] }));
  const found = trespasses({ streams, selfMask: wrong, allowed });
  expect(texts(found).slice(0, 2)).toEqual(["row 1: tokens[0] sees tokens[2]", "row 1: tokens[1] sees tokens[2]"]);
  const right = and(or(causal(), prefix({ lengths: [3, 3] })), padding({ lengths }));
  expect(trespasses({ streams, selfMask: right, allowed })).toEqual([]);
});

test("no alarm where the masks are those expected, and every differing pair is found, on random masks", () => {
  const any = arbitraryMask({ rows: 2, depth: 2 });
  const length = 11;
  fc.assert(
    fc.property(any, any, (actual, reference) => {
      const streams = { tokens: length };
      expect(blindSpots({ streams, selfMask: actual, expected: { selfMask: actual } })).toEqual([]);
      expect(trespasses({ streams, selfMask: actual, allowed: { selfMask: actual }, layers: 1 })).toEqual([]);
      const missed = blindSpots({ streams, selfMask: actual, expected: { selfMask: reference }, rows: 2 });
      const strayed = trespasses({ streams, selfMask: actual, allowed: { selfMask: reference }, rows: 2 });
      const count = (found: typeof missed) =>
        found.flatMap(({ keys }) => keys).reduce((sum, { start, end }) => sum + end - start, 0);
      let [blind, stray] = [0, 0];
      for (let at = 0; at < 2 * length * length; at++) {
        const [b, q, k] = [Math.floor(at / length ** 2), Math.floor(at / length) % length, at % length];
        if (q === k) continue;
        const [seen, wanted] = [actual.visible(b, 0, q, k), reference.visible(b, 0, q, k)];
        if (wanted && !seen) blind++;
        if (seen && !wanted) stray++;
      }
      expect([count(missed), count(strayed)]).toEqual([blind, stray]);
    }),
  );
});

test("no alarm on 200 random sound packings of prefix and encoder–decoder", () => {
  const anyLength = fc.integer({ min: 1, max: 6 });
  const docs = fc.array(fc.record({ source: anyLength, target: anyLength }), { minLength: 1, maxLength: 4 });
  const fill = (lengths: readonly number[]) => lengths.flatMap((length, id) => new Array<number>(length).fill(id));
  fc.assert(
    fc.property(docs, fc.integer({ min: 1, max: 6 }), (given, layers) => {
      const ids = fill(given.map(({ source, target }) => source + target));
      const startOf = (q: number) => ids.indexOf(ids[q] as number);
      // Written without the algebra: the oracle shares nothing with what it judges.
      const wanted = custom("wanted", (_b, _h, q, k) => {
        if (ids[q] === undefined || ids[q] !== ids[k]) return false;
        return k <= q || k - startOf(q) < (given[ids[q]]?.source as number);
      });
      const selfMask = packed(prefixLm(given.map(({ source }) => source)), ids);
      const stack = { streams: { tokens: ids.length }, selfMask, layers };
      expect(blindSpots({ ...stack, expected: { selfMask: wanted } })).toEqual([]);
      expect(trespasses({ ...stack, allowed: { selfMask: documents({ ids }) } })).toEqual([]);
      expect(trespasses({ ...stack, layers: 1, allowed: { selfMask: wanted } })).toEqual([]);

      const [source, target] = [fill(given.map((doc) => doc.source)), fill(given.map((doc) => doc.target))];
      const both = {
        streams: { source: source.length, target: target.length },
        selfMask: { source: packed(full(), source), target: packed(causal(), target) },
        crossMask: packed(full(), target, source),
      };
      const reference = {
        selfMask: {
          source: custom("same-source", (_b, _h, q, k) => source[q] === source[k]),
          target: custom("earlier-target", (_b, _h, q, k) => target[q] === target[k] && k <= q),
        },
        crossMask: custom("same-pair", (_b, _h, q, k) => target[q] === source[k]),
      };
      expect(blindSpots({ ...both, expected: reference })).toEqual([]);
      expect(trespasses({ ...both, allowed: reference })).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

const wrong: readonly [message: string, act: () => unknown][] = [
  [
    "more than one layer needs as many queries as keys; tokens has 1 and 4",
    () =>
      blindSpots({
        streams: { tokens: { queries: 1, keys: 4 } },
        selfMask: full(),
        layers: 2,
        expected: { selfMask: full() },
      }),
  ],
  [
    "a reference for cross-attention needs two streams, got one",
    () => blindSpots({ streams: { tokens: 2 }, selfMask: full(), expected: { crossMask: full() } }),
  ],
  [
    "layers should be an integer of at least 1, got 0",
    () => blindSpots({ streams: { tokens: 2 }, selfMask: full(), layers: 0, expected: {} }),
  ],
  [
    "keys of tokens should be an integer of at least 0, got NaN",
    () =>
      blindSpots({
        streams: { tokens: { queries: 1, keys: Number.NaN } },
        selfMask: full(),
        expected: { selfMask: full() },
      }),
  ],
  [
    "mask of tokens to tokens 2, reference for tokens to tokens 3",
    () =>
      blindSpots({ streams: { tokens: 2 }, selfMask: prefixLm([1, 1]), expected: { selfMask: prefixLm([1, 1, 1]) } }),
  ],
];

test.each(wrong)("bad input is named: %s", (message, act) => {
  expect(act).toThrow(message);
});
