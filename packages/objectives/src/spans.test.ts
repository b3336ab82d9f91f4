import { createRandom } from "@trivium/core";
import { reservedSpecials } from "@trivium/text";
import { t5Like } from "@trivium/text/testing";
import { describe, expect, test } from "vitest";
import { spanCorruption } from "./span-corruption.ts";
import { spans } from "./spans.ts";
import { textsDrawn, windowsDrawn } from "./testing/draws.ts";
import { describeCorruption, taskSpecials } from "./testing.ts";

describeCorruption(spans(), { special: taskSpecials, pairs: [] });

const { special } = t5Like("ab");
const sentinels = special.sentinels as readonly number[];
const textOf = (length: number) => Array.from({ length }, (_, at) => 100 + at);
const drawn = (length: number, options: Parameters<typeof spans>[0], seed: number | string) =>
  spans(options).apply({ tokens: textOf(length) }, { special, random: createRandom(seed) });
/** Which tokens are removed, as a string of bits. */
const maskOf = ({ source }: { readonly source: readonly number[] }, length: number) =>
  textOf(length)
    .map((id) => (source.includes(id) ? "0" : "1"))
    .join("");
const spliced = ({ source, target }: { readonly source: readonly number[]; readonly target: readonly number[] }) =>
  source.flatMap((id) => {
    const at = target.indexOf(id);
    if (!sentinels.includes(id)) return [id];
    const end = target.findIndex((other, place) => place > at && sentinels.includes(other));
    return target.slice(at + 1, end < 0 ? undefined : end);
  });

test("the worked example of its docstring is a draw, and closing adds one more sentinel", () => {
  const options = { density: 0.4, meanLength: 2 };
  const seed = Array.from({ length: 500 }, (_, at) => at).find(
    (at) => maskOf(drawn(10, options, at), 10) === "0011100001",
  ) as number;
  const [first, second, third] = sentinels as [number, number, number];
  expect(drawn(10, options, seed)).toEqual({
    source: [100, 101, first, 105, 106, 107, 108, second],
    target: [first, 102, 103, 104, second, 109],
    ends: true,
  });
  expect(drawn(10, { ...options, closing: true }, seed).target).toEqual([first, 102, 103, 104, second, 109, third]);
});

test("pitfall 26: sentinels are the vocabulary's own, in their order, and texts that need more are refused", () => {
  const { source, target } = drawn(40, {}, 3);
  expect(source.filter((id) => sentinels.includes(id))).toEqual([32_099, 32_098]);
  expect(target.filter((id) => sentinels.includes(id))).toEqual([32_099, 32_098]);
  const few = { special: taskSpecials, random: createRandom(1) };
  expect(() => spans().apply({ tokens: textOf(100) }, few)).toThrow(
    /spans of a text of 100 tokens need 5 sentinels, and the vocabulary has 3; take a greater meanLength/,
  );
});

test("input and target together give back the text, for texts of any length", () => {
  const random = createRandom("round trip");
  for (let draw = 0; draw < textsDrawn; draw++) {
    const length = 1 + random.integer(120);
    const options = { density: 0.1 + 0.5 * random.uniform(), meanLength: 2 + random.integer(8) };
    expect(spliced(drawn(length, options, draw))).toEqual(textOf(length));
  }
});

describe("the draw is that of random_spans_noise_mask", () => {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);

  test("numbers of tokens and spans are fixed by the length; halves round to the even number", () => {
    const lengths = [2, 3, 10, 30, 31, 100, 512, 568];
    expect(lengths.map((length) => maskOf(drawn(length, {}, 1), length).replaceAll("0", "").length)).toEqual([
      1, 1, 2, 4, 5, 15, 77, 85,
    ]);
    const counts = lengths.map((length) => drawn(length, {}, 1).source.filter((id) => sentinels.includes(id)).length);
    expect(counts).toEqual([1, 1, 1, 1, 2, 5, 26, 28]);
  });

  test("all masks of a length are equally likely: C(3, 1) · C(5, 1) of ten tokens with four in two spans", () => {
    const counts = new Map<string, number>();
    const draws = windowsDrawn;
    for (let draw = 0; draw < draws; draw++) {
      const mask = maskOf(drawn(10, { density: 0.4, meanLength: 2 }, draw), 10);
      counts.set(mask, (counts.get(mask) ?? 0) + 1);
    }
    expect(counts.size).toBe(choose(3, 1) * choose(5, 1));
    const expected = draws / 15;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 99.99th percentile of chi-squared with 14 degrees of freedom.
    expect(chiSquared).toBeLessThan(42.6);
  });

  test("the first segment is kept and the last one removed", () => {
    for (let seed = 0; seed < 200; seed++) expect(maskOf(drawn(31, {}, seed), 31)).toMatch(/^0.*1$/);
  });

  test("spans have the closed distribution: P(j) = C(n − j − 1, k − 2) / C(n − 1, k − 1)", () => {
    const [length, windows] = [100, windowsDrawn];
    const [removed, count] = [15, 5];
    const found = new Float64Array(removed + 1);
    const [{ apply }, random, tokens] = [spans(), createRandom("spans"), textOf(length)];
    for (let draw = 0; draw < windows; draw++) {
      const { target } = apply({ tokens }, { special, random });
      const second = target.indexOf(sentinels[1] as number);
      found[second - 1] = (found[second - 1] as number) + 1;
    }
    let mean = 0;
    for (let j = 1; j <= removed - count + 1; j++) {
      const probability = choose(removed - j - 1, count - 2) / choose(removed - 1, count - 1);
      mean += j * probability;
      const deviation = Math.sqrt(windows * probability * (1 - probability));
      expect(Math.abs((found[j] as number) - windows * probability)).toBeLessThan(4.5 * deviation);
    }
    expect(mean).toBeCloseTo(3, 10);
  });
});

describe("lengths", () => {
  test("raw text fills 512 positions as random_spans_helper says: 568 tokens, with 114 in the target", () => {
    const objective = spanCorruption();
    expect(objective.rawLength?.(512, special)).toBe(568);
    const row = objective.features({ tokens: textOf(568) }, { special, random: createRandom(1) });
    expect([row.streams.source?.length, row.targets.length]).toEqual([512, 114]);
  });

  test("in one stream input and target fill the window together, never beyond it, and no longer text would fit", () => {
    for (const special of [reservedSpecials(), t5Like("ab").special])
      for (const window of [16, 64, 129, 512])
        for (const layout of ["joined", "separate"] as const)
          for (const density of [0.15, 0.5]) {
            const many = { ...special, sentinels: textOf(400) };
            const objective = spanCorruption({ layout, density });
            const raw = objective.rawLength?.(window, special) as number;
            const longest = (length: number) => {
              const context = { special: many, random: createRandom(1) };
              const { streams } = objective.features({ tokens: textOf(length) }, context);
              return Math.max(...Object.values(streams).map((ids) => ids.length));
            };
            expect(longest(raw)).toBeLessThanOrEqual(window);
            expect(longest(raw)).toBeGreaterThanOrEqual(window - 1);
            expect(longest(raw + 1)).toBeGreaterThan(window);
          }
  });

  test("a window that takes no text is refused with a remedy", () => {
    expect(() => spanCorruption().rawLength?.(2, special)).toThrow(/got 2 positions; give the model a greater length/);
  });
});

test("the objective takes the layout that the streams need, and keeps one that it was given", () => {
  const fitted = (options: Parameters<typeof spanCorruption>[0], ...streams: string[]) => {
    const made = spanCorruption(options);
    return (made.fit?.({ streams }) ?? made).streams;
  };
  expect(fitted({}, "tokens")).toEqual(["tokens"]);
  expect(fitted({}, "source", "target")).toEqual(["source", "target"]);
  expect(fitted({ layout: "separate" }, "tokens")).toEqual(["source", "target"]);
  expect(spanCorruption().fit?.({ streams: ["tokens"] }).settings).toMatchObject({ density: 0.15, layout: "joined" });
});

test("one stream: the source is the prefix, and loss is on the target alone", () => {
  const [sentinel] = taskSpecials.sentinels as [number];
  const options = { density: 0.4, meanLength: 2, layout: "joined" } as const;
  const context = { special: taskSpecials, random: createRandom(1) };
  expect(spanCorruption(options).features({ tokens: textOf(5) }, context)).toEqual({
    streams: { tokens: [100, 101, 102, sentinel, 2, sentinel, 103, 104] },
    prefixLength: 5,
    targets: [101, 102, sentinel, 2, sentinel, 103, 104, 3],
    lossWeights: [0, 0, 0, 0, 1, 1, 1, 1],
  });
});

test("a text of a single token is removed as a whole", () => {
  const [first] = sentinels as [number];
  expect(drawn(1, {}, 1)).toEqual({ source: [first], target: [first, 100], ends: true });
});

test("pairs, empty texts and options out of range are refused", () => {
  const context = { special, random: createRandom(1) };
  expect(() => spans().apply({ source: [5], target: [6] }, context)).toThrow(/span corruption rewrites texts/);
  expect(() => spans().apply({ tokens: [] }, context)).toThrow("a text needs at least 1 token to");
  for (const options of [{ density: 0 }, { density: 1 }, { meanLength: 0 }, { mean: 3 } as never])
    expect(() => spanCorruption(options)).toThrow(/span-corruption: /);
});
