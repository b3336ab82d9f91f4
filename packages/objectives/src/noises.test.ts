import { createRandom } from "@trivium/core";
import { createByteTokenizer, createSharedPair } from "@trivium/text";
import { describe, expect, test } from "vitest";
import { bart } from "./bart.ts";
import { infill, spanLengths } from "./infill.ts";
import { noises } from "./noises.ts";
import { promptOf } from "./objective.ts";
import { sentenceStarts } from "./sentence-starts.ts";
import { textsDrawn, windowsDrawn } from "./testing/draws.ts";
import { describeCorruption, taskSpecials as special } from "./testing.ts";

const windows = windowsDrawn;
const mask = special.mask as number;
const textOf = (length: number) => Array.from({ length }, (_, at) => 100 + at);

type Options = NonNullable<Parameters<typeof noises>[0]>;

const none: Options = { permutation: 0, infilling: 0 };
const alone: readonly (readonly [string, Options])[] = [
  ["permutation", { ...none, permutation: 1 }],
  ["permutation of half", { ...none, permutation: 0.5 }],
  ["deletion", { ...none, deletion: 0.2 }],
  ["masking", { ...none, masking: 0.2 }],
  ["infilling", { ...none, infilling: 0.3 }],
  ["rotation", { ...none, rotation: 1 }],
  ["the published mixture", {}],
  ["all at once", { permutation: 0.5, deletion: 0.1, masking: 0.1, infilling: 0.2, rotation: 0.5 }],
];

for (const [, options] of alone) describeCorruption(noises(options), { special, pairs: [] });

const drawn = (options: Options, length: number, seed: number, sentences?: readonly number[]) => {
  const context = { special, random: createRandom(seed) };
  return noises(options).apply({ tokens: textOf(length), sentences, ends: true }, context);
};
const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

describe("input and target together give back the original", () => {
  test.each(alone)("%s, texts of any length", (_, options) => {
    const random = createRandom("round trip");
    for (let draw = 0; draw < textsDrawn; draw++) {
      const length = 1 + random.integer(60);
      const starts = textOf(length)
        .map((_id, at) => at)
        .filter(() => random.uniform() < 0.2);
      const { source, target, ends } = drawn(options, length, draw, starts);
      expect([target, ends]).toEqual([textOf(length), true]);
      expect(source.length).toBeLessThanOrEqual(length);
      const kept = source.filter((id) => id !== mask);
      expect(new Set(kept).size).toBe(kept.length);
      expect(kept.every((id) => target.includes(id))).toBe(true);
      const left = Math.ceil(length - Math.ceil(length * (options.deletion ?? 0)));
      const shown = left - Math.ceil(left * (options.masking ?? 0));
      expect(kept.length).toBeLessThanOrEqual(shown);
      if ((options.infilling ?? 0.3) === 0) expect(kept).toHaveLength(shown);
      if (!options.rotation && !(options.permutation ?? 1)) expect(sorted(kept)).toEqual(kept);
    }
  });

  test("rotated back, and with its sentences in order, a source without masks is the text", () => {
    for (let seed = 0; seed < 200; seed++) {
      const rotated = drawn({ ...none, rotation: 1 }, 9, seed).source;
      const first = rotated.indexOf(100);
      expect([...rotated.slice(first), ...rotated.slice(0, first)]).toEqual(textOf(9));
      const permuted = drawn({ ...none, permutation: 1 }, 9, seed, [0, 2, 5]).source;
      for (const sentence of [textOf(2), textOf(5).slice(2), textOf(9).slice(5)])
        expect(permuted.join()).toContain(sentence.join());
    }
  });
});

describe("draws", () => {
  const frequencies = (key: (draw: number) => string) => {
    const counts = new Map<string, number>();
    for (let draw = 0; draw < windows; draw++) add(counts, key(draw));
    return counts;
  };
  const expectEqual = (counts: ReadonlyMap<string, number>, kinds: number) => {
    expect(counts.size).toBe(kinds);
    const deviation = Math.sqrt((windows * (kinds - 1)) / kinds ** 2);
    for (const count of counts.values()) expect(Math.abs(count - windows / kinds)).toBeLessThan(4.5 * deviation);
  };

  test("all orders of the sentences are equally likely: 6 of three", () => {
    expectEqual(
      frequencies((seed) => drawn({ ...none, permutation: 1 }, 6, seed, [0, 2, 3]).source.join()),
      6,
    );
  });

  test("all tokens begin a rotated text equally often", () => {
    expectEqual(
      frequencies((seed) => `${drawn({ ...none, rotation: 1 }, 5, seed).source[0]}`),
      5,
    );
  });

  test.each(["deletion", "masking"] as const)("all choices of %s are equally likely: C(5, 2)", (name) => {
    expectEqual(
      frequencies((seed) => drawn({ ...none, [name]: 0.4 }, 5, seed).source.join()),
      10,
    );
  });

  test("a rate of rotation is met", () => {
    const rotated = [...frequencies((seed) => `${drawn({ ...none, rotation: 0.3 }, 50, seed).source[0] !== 100}`)];
    const share = (new Map(rotated).get("true") ?? 0) / windows;
    expect(Math.abs(share - 0.3 * 0.98)).toBeLessThan(4.5 * Math.sqrt(0.25 / windows));
  });

  test("spans have the lengths of a Poisson distribution, cut where they fill what is removed", () => {
    const [removed, mean] = [30, 3];
    const poisson: number[] = [];
    for (let k = 0; k <= removed; k++)
      poisson.push(k === 0 ? Math.exp(-mean) : ((poisson[k - 1] as number) * mean) / k);
    const atLeast = (k: number) => 1 - poisson.slice(0, k).reduce((sum, p) => sum + p, 0);
    // How often so many tokens are left to remove when a span is drawn; a span of none leaves as many.
    const visits = Array.from({ length: removed + 1 }, () => 0);
    for (let rest = removed; rest > 0; rest--) {
      let arrivals = rest === removed ? 1 : 0;
      for (let before = rest + 1; before <= removed; before++)
        arrivals += (visits[before] as number) * (poisson[before - rest] as number);
      visits[rest] = arrivals / (1 - (poisson[0] as number));
    }
    const random = createRandom("spans");
    const found = Array.from({ length: removed + 1 }, () => 0);
    for (let draw = 0; draw < windows; draw++)
      for (const length of spanLengths(removed, mean, random)) found[length] = (found[length] as number) + 1;
    for (let length = 0; length <= 8; length++) {
      const expected = visits.reduce(
        (sum, visit, rest) =>
          rest === 0 || length > rest
            ? sum
            : sum + visit * (length === rest ? atLeast(length) : (poisson[length] as number)),
        0,
      );
      // Draws within a window depend on each other little; a window has a few spans of each length.
      const deviation = Math.sqrt(windows * expected * 1.5);
      expect(Math.abs((found[length] as number) - windows * expected), `length ${length}`).toBeLessThan(
        4.5 * deviation,
      );
    }
  });
});

describe("infilling", () => {
  test("spans add up to what is removed, and are never more than that", () => {
    const random = createRandom(1);
    for (let removed = 1; removed < 60; removed++)
      for (const mean of [0.1, 1, 3, 12]) {
        const lengths = spanLengths(removed, mean, random);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(removed);
        expect(lengths.length).toBeLessThanOrEqual(removed);
      }
  });

  test("a span of none inserts its mask", () => {
    const inserted = Array.from({ length: 200 }, (_, seed) =>
      infill(textOf(6), { removed: 2, meanLength: 0.2, mask }, createRandom(seed)),
    ).filter((ids) => ids.length === 6);
    expect(inserted.length).toBeGreaterThan(0);
    const between = inserted.find((ids) =>
      ids.some((id, at) => id === mask && (ids[at + 1] ?? 0) - (ids[at - 1] ?? 0) === 1),
    );
    expect(between).toBeDefined();
  });
});

describe("sentences", () => {
  const text = 'He left. "Did he?" Yes!\n\nAt 3.14 p.m. it rained… é 😀. 你好。再见。';
  const bytes = createSharedPair(createByteTokenizer());
  const pieces = (tokenizer: Pick<typeof bytes, "encodeTarget" | "decodeTarget">, given = text) => {
    const tokens = tokenizer.encodeTarget(given);
    const starts = sentenceStarts(tokens, tokenizer);
    return starts.map((start, at) => tokenizer.decodeTarget(tokens.slice(start, starts[at + 1])).trim());
  };
  const sentences = ["He left.", '"Did he?"', "Yes!", "At 3.14 p.m.", "it rained…", "é 😀.", "你好。", "再见。"];

  test("begin behind full stops and empty lines, in bytes", () => {
    expect(pieces(bytes)).toEqual(sentences);
  });

  test.each([
    ["are kept", (decoded: string) => decoded],
    ["are dropped at the beginning of what is decoded", (decoded: string) => decoded.replace(/^ /, "")],
  ])("begin in the token that holds their first character, where spaces before words %s", (_, clean) => {
    const words = "abc ab. ba ca! c".split(/(?= )/);
    const decodeTarget = (ids: Iterable<number>) => clean([...ids].map((id) => words[id]).join(""));
    expect(sentenceStarts([...words.keys()], { decodeTarget })).toEqual([0, 2, 4]);
  });

  test("that the text of the tokens tells are permuted, and without a tokenizer a text is one", () => {
    const tokens = bytes.encodeTarget("Aa. Bb. Cc.");
    const given = (tokenizer?: typeof bytes) =>
      Array.from({ length: 40 }, (_, seed) => {
        const { source } = noises({ ...none, permutation: 1 }).apply(
          { tokens },
          { special, tokenizer, random: createRandom(seed) },
        );
        return bytes.decodeTarget(source);
      });
    expect(new Set(given(bytes))).toEqual(
      new Set(["Aa. Bb. Cc.", "Aa. Cc.Bb. ", "Bb. Aa. Cc.", "Bb. Cc.Aa. ", "Cc.Aa. Bb. ", "Cc.Bb. Aa. "]),
    );
    expect(new Set(given())).toEqual(new Set(["Aa. Bb. Cc."]));
  });
});

test.each<[Options, string, (readonly number[])?]>([
  [{ ...none, permutation: 1 }, "15 16 17 10 11 12 13 14", [0, 3, 5]],
  [{ ...none, deletion: 0.25 }, "10 12 13 14 15 17"],
  [{ ...none, masking: 0.25 }, "10 M 12 13 14 15 M 17"],
  [{ ...none, infilling: 0.3 }, "10 M 14 15 M 16 17"],
  [{ ...none, rotation: 1 }, "14 15 16 17 10 11 12 13"],
])("a worked example of its docstring is a draw: %o", (options, expected, sentences) => {
  const noised = (seed: number) => drawn(options, 8, seed, sentences).source.map((id) => (id === mask ? "M" : id - 90));
  expect([...Array(20_000).keys()].some((seed) => noised(seed).join(" ") === expected)).toBe(true);
});

test("pitfall 22: under BART's frame the whole text is predicted, and what begins it is given", () => {
  const frame = { source: { before: [1], after: [3] }, target: { start: 3, before: [1], after: [3] } };
  const objective = bart({ ...none, layout: "separate" });
  const context = { special: { ...special, frame }, random: createRandom(1) };
  expect(objective.features({ tokens: textOf(3), ends: true }, context)).toEqual({
    streams: { source: [1, 100, 101, 102, 3], target: [3, 1, 100, 101, 102] },
    prefixLength: 0,
    targets: [1, 100, 101, 102, 3],
    lossWeights: [0, 1, 1, 1, 1],
  });
});

test("windows of text fill the rows, in two streams and in one, and prompts have no noise", () => {
  const many = { special, random: createRandom(1) };
  for (const [layout, raw] of [
    ["separate", 63],
    ["joined", 31],
  ] as const) {
    const objective = bart({ layout });
    expect(objective.rawLength?.(64, special)).toBe(raw);
    const { streams } = objective.features({ tokens: textOf(raw), ends: true }, many);
    for (const ids of Object.values(streams)) expect(ids.length).toBeLessThanOrEqual(64);
  }
  expect(promptOf(bart({ layout: "joined" }), { tokens: [100, 101] }, many).streams.tokens).toEqual([100, 101, 2]);
});

test("shares out of range, pairs and empty texts are refused", () => {
  for (const options of [{ infilling: 1.1 }, { masking: -1 }, { meanLength: 0 }, { mask: 1 } as never])
    expect(() => bart(options)).toThrow(/bart: /);
  const context = { special, random: createRandom(1) };
  expect(() => noises().apply({ source: [5], target: [6] }, context)).toThrow(/BART's noise rewrites texts/);
  expect(() => noises().apply({ tokens: [] }, context)).toThrow("a text needs at least 1 token to");
  expect(noises(none).needs).toEqual([]);
});
