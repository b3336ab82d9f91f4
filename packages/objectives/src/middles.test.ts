import { createRandom } from "@trivium/core";
import { createByteTokenizer, createCharacterTokenizer, createSharedPair } from "@trivium/text";
import { describe, expect, test } from "vitest";
import type { SplitExample } from "./corruption.ts";
import { fillInTheMiddle } from "./fill-in-the-middle.ts";
import { middles } from "./middles.ts";
import { promptOf } from "./objective.ts";
import { textsDrawn, windowsDrawn } from "./testing/draws.ts";
import { describeCorruption, taskSpecials as special } from "./testing.ts";

for (const level of ["characters", "tokens"] as const)
  for (const options of [{ level, rate: 1 }, { level, rate: 1, suffixFirst: 1 }, { level }])
    describeCorruption(middles(options), { special, pairs: [] });

const [pre, suf, mid] = [12, 13, 14];
const tokens = Array.from({ length: 10 }, (_, at) => 100 + at);
const atTokens = (options: Parameters<typeof middles>[0], seed: number | string, length = 10): SplitExample => {
  const corruption = middles({ level: "tokens", ...options });
  if (corruption.level !== "ids") throw new Error("expected a corruption of ids");
  return corruption.apply({ tokens: tokens.slice(0, length) }, { special, random: createRandom(seed) });
};
/** Prefix, suffix and middle, whatever the order. */
const piecesOf = ({ source, target }: SplitExample) => {
  const [behind, middle] = [source.indexOf(suf), source.indexOf(mid)];
  const isSuffixFirst = behind === 1 && middle < source.length - 1;
  const prefix = isSuffixFirst ? source.slice(middle + 1) : source.slice(1, behind);
  return { prefix, suffix: source.slice(behind + 1, middle), middle: target };
};

test("prefix, middle and suffix give back the text, in both orders", () => {
  for (let draw = 0; draw < textsDrawn; draw++) {
    const split = atTokens({ rate: 1 }, draw, 1 + (draw % 10));
    const { prefix, middle, suffix } = piecesOf(split);
    expect([...prefix, ...middle, ...suffix]).toEqual(tokens.slice(0, 1 + (draw % 10)));
    expect(split.source[0]).toBe(pre);
  }
});

test("half of the windows are rewritten, half of these suffix first, and each middle is equally likely", () => {
  const counts = { whole: 0, prefixFirst: 0 };
  const found = new Map<string, number>();
  const windows = windowsDrawn;
  for (let draw = 0; draw < windows; draw++) {
    const split = atTokens({}, draw);
    if (split.source.length === 0) counts.whole += 1;
    else {
      const first = split.target[0] as number;
      const key = `${first} ${split.target.length}`;
      found.set(key, (found.get(key) ?? 0) + 1);
      // An empty suffix or prefix leaves the order open only where both are empty.
      if (split.source.at(-1) === mid && !(split.source[1] === suf && first === 100)) counts.prefixFirst += 1;
    }
  }
  const rewritten = windows - counts.whole;
  expect(Math.abs(counts.whole - windows / 2)).toBeLessThan(4.5 * Math.sqrt(windows / 4));
  // Ten of the 55 middles begin the text; their rows end with MID in either order.
  const share = (0.5 * 45) / 55;
  expect(Math.abs(counts.prefixFirst - rewritten * share)).toBeLessThan(
    4.5 * Math.sqrt(rewritten * share * (1 - share)),
  );
  expect(found.size).toBe(55);
  const expected = rewritten / 55;
  const chiSquared = [...found.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // The 99.99th percentile of chi-squared with 54 degrees of freedom.
  expect(chiSquared).toBeLessThan(100);
});

describe("at character level", () => {
  const pair = createSharedPair(createByteTokenizer());
  const wide = { ...special, named: { ...special.named, "fim-prefix": 300, "fim-suffix": 301, "fim-middle": 302 } };

  test("cuts fall between characters, never within the bytes of one", () => {
    const objective = fillInTheMiddle({ rate: 1, layout: "separate" });
    for (let seed = 0; seed < 200; seed++) {
      const context = { special: wide, tokenizer: pair, random: createRandom(seed) };
      const { targets } = objective.features({ tokens: pair.encodeTarget("né😀ж") }, context);
      expect(pair.decodeTarget(targets)).not.toContain("\uFFFD");
    }
  });

  test("pieces that take more tokens than the text lose the end of the suffix, so a row never grows", () => {
    // "ab" is one token of the text, and two where a cut parts it.
    const merging = {
      ...pair,
      encodeTarget: (text: string) => (text.match(/ab|./g) ?? []).map((piece) => (piece === "ab" ? 50 : 60)),
      decodeTarget: (ids: Iterable<number>) => [...ids].map((id) => (id === 50 ? "ab" : "c")).join(""),
    };
    const objective = fillInTheMiddle({ rate: 1, layout: "joined" });
    for (let seed = 0; seed < 300; seed++) {
      const context = { special: wide, tokenizer: merging, random: createRandom(seed) };
      const { streams } = objective.features({ tokens: [50, 50, 60, 50, 50] }, context);
      expect(streams.tokens?.length).toBeLessThanOrEqual(5 + 3);
    }
  });
});

test("one stream with loss on everything has no prefix; on the target alone, all before the middle is prefix", () => {
  const split = atTokens({ rate: 1, suffixFirst: 0 }, 5);
  const rows = (["all", "target"] as const).map((loss) =>
    fillInTheMiddle({ level: "tokens", rate: 1, suffixFirst: 0, loss, layout: "joined" }).features(
      { tokens },
      { special, random: createRandom(5) },
    ),
  );
  expect(rows.map(({ prefixLength }) => prefixLength)).toEqual([0, split.source.length]);
  expect(rows.map(({ lossWeights }) => lossWeights.indexOf(1))).toEqual([0, split.source.length - 1]);
  expect(rows[0]?.targets).toEqual(rows[1]?.targets);
  expect(rows[0]?.targets.slice(-1 - split.target.length)).toEqual([...split.target, 3]);
});

test("held-out loss is on the middle alone, without a prefix that training did not have", () => {
  const scoring = fillInTheMiddle({ level: "tokens", rate: 1, layout: "joined", zLoss: 1e-4 }).scoring?.();
  const { prefixLength, lossWeights } = scoring?.features({ tokens }, { special, random: createRandom(5) }) ?? {};
  expect([prefixLength, lossWeights?.[0], lossWeights?.at(-1)]).toEqual([0, 0, 1]);
});

test("the prompt of a pair is the hole between its sides, that of a text is the text", () => {
  const text = createSharedPair(createCharacterTokenizer({ corpus: ["abcdefg"] }));
  for (const level of ["characters", "tokens"] as const) {
    const objective = fillInTheMiddle({ level, layout: "joined" });
    const context = { special, tokenizer: text, random: createRandom(1) };
    const [source, target] = [text.encodeTarget("ab"), text.encodeTarget("f")];
    expect(promptOf(objective, { source, target }, context).streams.tokens).toEqual([
      pre,
      ...source,
      suf,
      ...target,
      mid,
    ]);
    expect(promptOf(objective, { tokens: source }, context).streams.tokens).toEqual(source);
  }
});

test("pairs are refused", () => {
  const context = { special, tokenizer: createSharedPair(createByteTokenizer()), random: createRandom(1) };
  for (const level of ["characters", "tokens"] as const)
    expect(() => fillInTheMiddle({ level }).features({ source: [5], target: [6] }, context)).toThrow(
      /fill-in-the-middle rewrites texts/,
    );
});
