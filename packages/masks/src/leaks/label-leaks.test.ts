import fc from "fast-check";
import { expect, test } from "vitest";
import { and } from "../algebra/and.ts";
import { not } from "../algebra/not.ts";
import { or } from "../algebra/or.ts";
import { packed } from "../algebra/packed.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { dense } from "../primitives/dense.ts";
import { documents } from "../primitives/documents.ts";
import { full } from "../primitives/full.ts";
import { padding } from "../primitives/padding.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { arbitraryMask } from "../testing/arbitrary-mask.ts";
import { labelLeaks } from "./label-leaks.ts";

const prefixLm = (lengths: number | number[]) => or(prefix({ lengths }), causal());
const targetsOnly = (length: number, prefixLength: number) =>
  Array.from({ length }, (_, p) => (p >= prefixLength - 1 ? 1 : 0));
const texts = (leaks: readonly { text: string }[]) => leaks.map(({ text }) => text);

test("causal and prefix with loss on the targets leak nothing", () => {
  expect(labelLeaks({ streams: { tokens: 8 }, selfMask: causal(), layers: 12 })).toEqual([]);
  const options = { streams: { tokens: 8 }, selfMask: prefixLm(4), layers: 12, lossWeights: targetsOnly(8, 4) };
  expect(labelLeaks(options)).toEqual([]);
});

test("a leak tells row, prediction, label and the whole way", () => {
  const leaks = labelLeaks({ streams: { tokens: 3 }, selfMask: full(), layers: 1 });
  expect(leaks).toHaveLength(2);
  expect(leaks[0]).toEqual({
    row: 0,
    position: 0,
    label: { stream: "tokens", position: 1 },
    path: [
      { stream: "tokens", position: 0 },
      { stream: "tokens", position: 1 },
    ],
    layers: 1,
    text: "row 0: the label of the prediction at tokens[0] stands at tokens[1], which it sees in 1 layer: tokens[0] ← tokens[1]",
  });
});

test("an all-ones 4-D mask leaks every label (transformers#30918)", () => {
  const ones = dense({ values: new Array(36).fill(1), shape: [1, 1, 6, 6], ones: "visible" });
  const options = { streams: { tokens: 6 }, layers: 1, lossWeights: targetsOnly(6, 3) };
  expect(labelLeaks({ ...options, selfMask: ones }).map(({ position }) => position)).toEqual([2, 3, 4]);
});

test("token types that call everything prefix leak every label (LlamaFactory#9135, unsloth-zoo#963)", () => {
  const options = { streams: { tokens: 6 }, layers: 1, lossWeights: targetsOnly(6, 3) };
  expect(labelLeaks({ ...options, selfMask: prefixLm(6) })).toHaveLength(3);
  expect(labelLeaks({ ...options, selfMask: prefixLm(3) })).toHaveLength(0);
});

test("the wrong polarity of a dense mask leaks (an inverted causal mask shows the future)", () => {
  const inverted = dense({ values: [1, 0, 0, 1, 1, 0, 1, 1, 1], shape: [1, 1, 3, 3], ones: "masked" });
  expect(labelLeaks({ streams: { tokens: 3 }, selfMask: inverted, layers: 1 })).toHaveLength(2);
});

test("pitfall 10: a prefix that counts the first target too leaks exactly that label", () => {
  const leaks = labelLeaks({
    streams: { tokens: 6 },
    selfMask: prefixLm(4),
    layers: 2,
    lossWeights: targetsOnly(6, 3),
  });
  expect(leaks.map(({ position, label }) => [position, label.position])).toEqual([[2, 3]]);
});

test("pitfall 11: loss on the whole sequence under a prefix mask leaks inside the prefix, and only there", () => {
  const leaks = labelLeaks({ streams: { tokens: 7 }, selfMask: prefixLm(4), layers: 1 });
  expect(leaks.map(({ position }) => position)).toEqual([0, 1, 2]);
});

test("pitfall 12: a leak by way of another position needs two layers", () => {
  // Prefix queries see everything; the rows of the predictions themselves are clean.
  const mask = or(
    causal(),
    custom("first-sees-all", (_b, _h, q) => q === 0),
  );
  const options = { streams: { tokens: 5 }, selfMask: mask, lossWeights: targetsOnly(5, 2) };
  expect(labelLeaks({ ...options, layers: 1 })).toEqual([]);
  const leaks = labelLeaks({ ...options, layers: 2 });
  expect(leaks.map(({ path }) => path.map(({ position }) => position))).toEqual([
    [1, 0, 2],
    [2, 0, 3],
    [3, 0, 4],
  ]);
  expect(leaks.every(({ layers }) => layers === 2)).toBe(true);
});

test("prefix queries that see the targets leak to all predictions (sonar#1526)", () => {
  const inPrefix = custom("in-prefix", (_b, _h, q) => q < 3);
  const selfMask = or(inPrefix, and(not(prefix({ lengths: 3 })), causal()), window({ left: 0 }));
  const options = { streams: { tokens: 6 }, selfMask, layers: 4, lossWeights: targetsOnly(6, 3) };
  expect(labelLeaks(options).map(({ position }) => position)).toEqual([2]);
  const seesPrefix = or(inPrefix, causal());
  expect(labelLeaks({ ...options, selfMask: seesPrefix }).map(({ position }) => position)).toEqual([2, 3, 4]);
});

test("labels that were never shifted stand on their own prediction", () => {
  const leaks = labelLeaks({ streams: { tokens: 2 }, selfMask: causal(), layers: 3, shift: 0 });
  expect(leaks.map(({ layers }) => layers)).toEqual([0, 0]);
  expect(leaks[0]?.text).toContain("stands at tokens[0], the very same position");
});

test("a shift of 2 is safe under a causal mask, and a lookahead of 1 is not under a shift of 1", () => {
  const streams = { tokens: 6 };
  expect(labelLeaks({ streams, selfMask: causal(), layers: 3, shift: 2 })).toEqual([]);
  expect(labelLeaks({ streams, selfMask: causal({ offset: 1 }), layers: 1, shift: 2 })).toEqual([]);
  expect(labelLeaks({ streams, selfMask: causal({ offset: 1 }), layers: 2, shift: 2 })).toHaveLength(4);
});

test("an encoder–decoder leaks only if its decoder sees ahead, or if the source holds the answer", () => {
  const sound = {
    streams: { source: 4, target: 3 },
    selfMask: { source: full(), target: causal() },
    crossMask: full(),
    layers: 2,
  };
  expect(labelLeaks(sound)).toEqual([]);
  expect(labelLeaks({ ...sound, selfMask: full() })).toHaveLength(2);
  const planted = labelLeaks({
    ...sound,
    labels: ({ position }) => (position === 1 ? [{ stream: "source", position: 3 }] : []),
  });
  expect(texts(planted)).toEqual([
    "row 0: the label of the prediction at target[1] stands at source[3], which it sees in 1 layer: target[1] ← source[3]",
  ]);
});

test("the way into the source goes over the cross mask and the source's own layers", () => {
  const options = {
    streams: { source: 4, target: 2 },
    selfMask: { source: window({ left: 0, right: 1 }), target: causal() },
    crossMask: prefix({ lengths: 1 }),
    shift: null,
    labels: () => [{ stream: "source", position: 2 }],
    lossWeights: [0, 1],
  };
  expect(labelLeaks({ ...options, layers: { source: 1, target: 3 } })).toEqual([]);
  const [leak] = labelLeaks({ ...options, layers: { source: 2, target: 1 } });
  expect(leak?.path.map(({ stream, position }) => `${stream}${position}`)).toEqual([
    "target1",
    "source0",
    "source1",
    "source2",
  ]);
  const delayed = { ...options, crossMask: custom("first-reads", (_b, _h, q) => q === 0) };
  expect(labelLeaks({ ...delayed, layers: { source: 0, target: 1 } })).toEqual([]);
  expect(labelLeaks({ ...delayed, layers: { source: 0, target: 2 } })[0]?.path).toHaveLength(3);
});

test("rows are looked at apart, with their own weights, and a head that leaks is enough", () => {
  const options = { streams: { tokens: 5 }, layers: 1, lossWeights: [targetsOnly(5, 2), targetsOnly(5, 3)] };
  expect(labelLeaks({ ...options, selfMask: prefixLm([2, 3]) })).toEqual([]);
  expect(labelLeaks({ ...options, selfMask: prefixLm([2, 4]) }).map(({ row, position }) => [row, position])).toEqual([
    [1, 2],
  ]);
  const oneHead = custom("one-head", (_b, h, q, k) => h === 1 || k <= q, { heads: 2 });
  expect(labelLeaks({ streams: { tokens: 3 }, selfMask: oneHead, layers: 1 })).toHaveLength(2);
});

test("reachability equals a brute-force dependency matrix, over random masks", () => {
  const length = 9;
  const positions = Array.from({ length }, (_, p) => p);
  fc.assert(
    fc.property(arbitraryMask({ rows: null, depth: 2 }), fc.nat(4), (mask, layers) => {
      let depends = positions.map((q) => positions.map((k) => q === k));
      for (let layer = 0; layer < layers; layer++) {
        const below = depends;
        depends = positions.map((q) =>
          positions.map((k) => positions.some((m) => (m === q || mask.visible(0, 0, q, m)) && below[m]?.[k])),
        );
      }
      const expected = positions.filter((p) => p + 1 < length && depends[p]?.[p + 1]);
      const leaks = labelLeaks({ streams: { tokens: length }, selfMask: mask, layers });
      expect(leaks.map(({ position }) => position)).toEqual(expected);
      for (const { path, layers: used } of leaks) {
        expect(used).toBeLessThanOrEqual(layers);
        path.slice(1).forEach(({ position }, hop) => {
          expect(mask.visible(0, 0, path[hop]?.position as number, position)).toBe(true);
        });
      }
    }),
    { numRuns: 300 },
  );
});

test("no alarm on 200 random sound set-ups of each architecture", () => {
  const layers = fc.integer({ min: 1, max: 12 });
  const documentLengths = fc.array(
    fc.record({ source: fc.integer({ min: 1, max: 6 }), target: fc.integer({ min: 1, max: 6 }) }),
    { minLength: 1, maxLength: 4 },
  );
  const fill = (lengths: readonly number[]) => lengths.flatMap((length, id) => new Array<number>(length).fill(id));
  fc.assert(
    fc.property(documentLengths, layers, fc.nat(3), (docs, depth, pads) => {
      const whole = docs.map(({ source, target }) => source + target);
      const pad = new Array<number>(pads).fill(-1);
      const ids = [...fill(whole), ...pad];
      const lossWeights = [
        ...docs.flatMap(({ source, target }) =>
          targetsOnly(source + target, source).map((w, p) => (p === source + target - 1 ? 0 : w)),
        ),
        ...pad.map(() => 0),
      ];
      const streams = { tokens: ids.length };
      const ofPrefix = packed(prefixLm(docs.map(({ source }) => source)), ids);
      expect(labelLeaks({ streams, layers: depth, selfMask: packed(causal(), ids) })).toEqual([]);
      expect(labelLeaks({ streams, layers: depth, selfMask: ofPrefix, lossWeights })).toEqual([]);

      const [source, target] = [fill(docs.map((doc) => doc.source)), fill(docs.map((doc) => doc.target))];
      const packedBoth = {
        streams: { source: source.length, target: target.length },
        selfMask: { source: documents({ ids: source }), target: and(causal(), documents({ ids: target })) },
        crossMask: documents({ ids: target, keyIds: source }),
      };
      expect(labelLeaks({ ...packedBoth, layers: depth })).toEqual([]);

      // The same documents as rows of a padded batch.
      const longest = Math.max(...whole);
      const rows = {
        streams: { tokens: longest },
        selfMask: and(prefixLm(docs.map((doc) => doc.source)), padding({ lengths: whole })),
        lossWeights: docs.map((doc) => targetsOnly(longest, doc.source)),
      };
      expect(labelLeaks({ ...rows, layers: depth })).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("one visible label planted in a sound set-up is found", () => {
  const size = fc.integer({ min: 3, max: 20 });
  fc.assert(
    fc.property(size, fc.nat(), fc.integer({ min: 1, max: 6 }), (length, where, layers) => {
      const planted = where % (length - 1);
      const hole = custom("hole", (_b, _h, q, k) => q === planted && k === planted + 1);
      const leaks = labelLeaks({ streams: { tokens: length }, selfMask: or(causal(), hole), layers });
      expect(leaks.map(({ position }) => position)).toEqual([planted]);
    }),
  );
});

test("512 positions and 12 layers are looked through", () => {
  const options = { streams: { tokens: 512 }, selfMask: prefixLm(200), layers: 12, lossWeights: targetsOnly(512, 200) };
  expect(labelLeaks(options)).toEqual([]);
});
