import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCharacterTokenizer } from "./character.ts";
import { createDisjointPair } from "./disjoint-pair.ts";
import { reservedSpecials } from "./reserved-specials.ts";
import { hasSpecial, type SpecialTokens, silentIds } from "./special-tokens.ts";
import { bartLike, gpt2Like, t5Like } from "./testing/tokenizers.ts";
import { describeTokenizer } from "./testing.ts";

const foreign = [gpt2Like("abcdefgh"), t5Like("abcdefgh"), bartLike("abcdefgh")];

for (const tokenizer of foreign)
  describeTokenizer(tokenizer.name, { tokenizer, fromJson: () => tokenizer, lossless: ["abc", "hgfedcba"] });

test("special tokens keep the ids of their models", () => {
  const [gpt2, t5, bart] = foreign.map(({ special }) => special) as [SpecialTokens, SpecialTokens, SpecialTokens];
  expect([gpt2.end, gpt2.pad]).toEqual([[50_256], undefined]);
  expect([t5.pad, t5.end, t5.sentinels?.slice(0, 2)]).toEqual([0, [1], [32_099, 32_098]]);
  expect([bart.named.begin, bart.pad, bart.end, bart.frame.target?.start]).toEqual([0, 1, [2], 2]);
});

test("what a vocabulary lacks is told, by role, part of the frame or name", () => {
  const [gpt2, t5] = foreign.map(({ special }) => special) as [SpecialTokens, SpecialTokens];
  expect(
    ["end", "pad", "mask", "sentinels", "frame.joined", "fim-middle"].map((need) => hasSpecial(gpt2, need)),
  ).toEqual([true, false, false, false, true, false]);
  expect(["sentinels", "pad", "frame.source", "frame.target"].every((need) => hasSpecial(t5, need))).toBe(true);
  expect(hasSpecial({ ...t5, named: { "fim-middle": 7 } }, "fim-middle")).toBe(true);
});

test("ordinary text in a frame is not silent, and neither is unknown", () => {
  const special: SpecialTokens = {
    end: [9],
    unknown: 9,
    named: { begin: 1 },
    frame: { source: { before: [4], after: [] } },
  };
  expect([...silentIds(special)]).toEqual([1]);
  expect(new Set(silentIds(reservedSpecials()))).toEqual(new Set([0, 1, 2, 3]));
});

describe("a disjoint pair of any two layouts of special tokens", () => {
  const all = [...foreign, createCharacterTokenizer({ corpus: ["abcdefgh"] })];
  const text = fc.array(fc.constantFrom(..."abcdefgh"), { minLength: 1 }).map((parts) => parts.join(""));
  const pairs = all.flatMap((source) =>
    all.map((target) => [`${source.name} → ${target.name}`, source, target] as const),
  );

  test.each(pairs)("%s: both sides survive the round trip and share no ordinary id", (_, source, target) => {
    const pair = createDisjointPair({ source, target });
    const silent = silentIds(pair.special);
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [sourceIds, targetIds] = [pair.encodeSource(one), pair.encodeTarget(other)];
        expect([pair.decodeSource(sourceIds), pair.decodeTarget(targetIds)]).toEqual([one, other]);
        expect(sourceIds.filter((id) => targetIds.includes(id))).toEqual([]);
        expect([...sourceIds, ...targetIds].every((id) => id >= 0 && id < pair.size && !silent.has(id))).toBe(true);
        expect(pair.decodeTarget([...silent, ...targetIds, ...pair.special.end])).toBe(other);
        expect(pair.decodeTarget(sourceIds)).toBe("\uFFFD".repeat(sourceIds.length));
      }),
      { numRuns: 20 },
    );
  });

  test.each(pairs)("%s: what framed source and target apart frames them together", (_, source, target) => {
    const { special, size } = createDisjointPair({ source, target });
    expect(special.frame.source).toEqual(source.special.frame.source);
    expect(special.frame.joined?.between).toEqual(source.special.frame.joined?.between);
    for (const id of [...(special.frame.target?.after ?? []), ...(special.frame.joined?.after ?? [])]) {
      expect(special.end).toContain(id);
    }
    expect(Math.max(...silentIds(special))).toBeLessThan(size);
  });
});
