import { createRandom } from "@trivium/core";
import { describe, expect, test } from "vitest";
import { denoisers } from "./denoisers.ts";
import { promptOf } from "./objective.ts";
import { textsDrawn, windowsDrawn } from "./testing/draws.ts";
import { describeCorruption, taskSpecials } from "./testing.ts";
import { ul2 } from "./ul2.ts";

const sentinels = Array.from({ length: 100 }, (_, at) => 900 - at);
const modes = { "ul2-r": 20, "ul2-s": 21, "ul2-x": 22 };
const special = { ...taskSpecials, sentinels, named: { ...taskSpecials.named, ...modes } };

describeCorruption(denoisers(), { special, pairs: [] });

const textOf = (length: number) => Array.from({ length }, (_, at) => 1000 + at);

test("modes have their rates, all seven denoisers alike", () => {
  const windows = windowsDrawn;
  const [{ apply }, random, tokens] = [denoisers(), createRandom("modes"), textOf(100)];
  const found = new Map<string, number>();
  for (let draw = 0; draw < windows; draw++) {
    const { task, source, target } = apply({ tokens }, { special, random });
    const spans = source.filter((id) => id < 1000).length;
    const key = `${task} ${task === "ul2-s" ? "" : `${spans} ${target.length - spans}`}`;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  // Of 100 tokens: 15 or 50 are removed, in round(removed / mean length) spans, halves to even.
  const keys = ["ul2-r 5 15", "ul2-r 2 15", "ul2-s ", "ul2-x 17 50", "ul2-x 6 50", "ul2-x 1 15", "ul2-x 1 50"];
  expect([...found.keys()].sort()).toEqual(keys.sort());
  const deviation = Math.sqrt((windows * 6) / 49);
  for (const count of found.values()) expect(Math.abs(count - windows / 7)).toBeLessThan(4.5 * deviation);
});

describe("pitfall 26: the mean of the sequential denoiser is a quarter of the text", () => {
  test.each([10, 40, 101, 512])("of %i tokens", (length) => {
    const windows = windowsDrawn;
    const mean = Math.round(length / 4);
    const [{ apply }, random, tokens] = [
      denoisers({ rates: { r: 0, s: 1, x: 0 } }),
      createRandom(length),
      textOf(length),
    ];
    const lengths = Array.from({ length: windows }, () => apply({ tokens }, { special, random }).target.length);
    const sum = lengths.reduce((total, one) => total + one, 0);
    // Uniform over 1 … 2m − 1: variance m(m − 1) / 3.
    expect(Math.abs(sum / windows - mean)).toBeLessThan(4.5 * Math.sqrt((mean * (mean - 1)) / 3 / windows));
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1, 2 * mean - 1]);
  });
});

test("source and target together give back the text", () => {
  const random = createRandom("round trip");
  for (let draw = 0; draw < textsDrawn; draw++) {
    const tokens = textOf(1 + random.integer(120));
    const { source, target, task } = denoisers().apply({ tokens }, { special, random });
    const spansOf = target.reduce<number[][]>(
      (parts, id) => {
        if (id < 1000) parts.push([]);
        else parts.at(-1)?.push(id);
        return parts;
      },
      task === "ul2-s" ? [[]] : [],
    );
    const filled = source.flatMap((id) => (id < 1000 ? (spansOf.shift() as number[]) : [id]));
    expect([...filled, ...spansOf.flat()]).toEqual(tokens);
  }
});

test("the mode stands before the source, and a prompt is sequential", () => {
  const objective = ul2({ rates: { r: 0, s: 1, x: 0 }, layout: "joined" });
  const context = { special, random: createRandom(1) };
  const { streams, prefixLength } = objective.features({ tokens: textOf(4) }, context);
  expect(streams.tokens).toEqual([21, 1000, 1001, 1002, 2]);
  expect(prefixLength).toBe(5);
  expect(promptOf(objective, { tokens: [1000] }, context).streams.tokens).toEqual([21, 1000, 2]);
});

test("every denoiser of a window's raw text fits the window, in two streams and in one", () => {
  for (const layout of ["separate", "joined"] as const) {
    const objective = ul2({ layout });
    const raw = objective.rawLength?.(128, special) as number;
    const longest = Array.from({ length: 300 }, (_, seed) => {
      const { streams } = objective.features(
        { tokens: textOf(raw), ends: true },
        { special, random: createRandom(seed) },
      );
      return Math.max(...Object.values(streams).map((ids) => ids.length));
    });
    expect(Math.max(...longest)).toBeLessThanOrEqual(128);
    expect(Math.max(...longest)).toBeGreaterThan(120);
  }
});

test("rates that are all zero and pairs are refused", () => {
  expect(() => ul2({ rates: { r: 0, s: 0, x: 0 } })).toThrow(/ul2: .*one of the rates is positive/);
  const context = { special, random: createRandom(1) };
  expect(() => denoisers().apply({ source: [5], target: [6] }, context)).toThrow(/UL2's mixture rewrites texts/);
});
