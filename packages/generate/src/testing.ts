import { createRandom } from "@trivium/core";
import { describe, expect, test } from "vitest";
import type { Advance, Search, SearchPrompt, Strategy } from "./strategy.ts";

/** A vocabulary whose first id ends an answer. */
const [VOCABULARY, END, ROOM] = [7, 0, 6];

export interface DescribeStrategyOptions {
  /** Makes a strategy; it is called anew for each test. */
  readonly create: () => Strategy;
}

/**
 * The conformance suite of strategies: what `generate` relies on, over made-up predictions that depend on all tokens of
 * a row.
 *
 * @example describeStrategy("greedy", { create: greedy })
 */
export function describeStrategy(name: string, { create }: DescribeStrategyOptions): void {
  describe(`strategy ${name}`, () => {
    test("every step continues rows that there are, with ids that there are, in no more rows than it says", () => {
      const strategy = create();
      for (let seed = 0; seed < 8; seed++) {
        walk(strategy, seed, ({ parents, ids, finished }, rows) => {
          expect(ids).toHaveLength(parents.length);
          expect(finished).toHaveLength(parents.length);
          expect(parents.length).toBeLessThanOrEqual(strategy.rows);
          for (const parent of parents) expect(rows[parent]).toBeDefined();
          for (const id of ids) expect(Number.isInteger(id) && id >= 0 && id < VOCABULARY).toBe(true);
        });
      }
    });

    test("the same random stream gives the same answer", () => {
      for (let seed = 0; seed < 8; seed++) expect(walk(create(), seed)).toEqual(walk(create(), seed));
    });

    test("searches of one strategy know nothing of each other", () => {
      const strategy = create();
      const [first, second] = [startWalk(strategy, 1), startWalk(strategy, 2)];
      while (!first.over || !second.over) {
        first.step();
        second.step();
      }
      expect([first.answer(), second.answer()]).toEqual([walk(create(), 1), walk(create(), 2)]);
    });

    test("the scores that it is given stay as they are, and what is impossible is never chosen", () => {
      for (let seed = 0; seed < 8; seed++) {
        walk(create(), seed, ({ parents, ids }, rows) => {
          for (const [row, id] of ids.entries()) {
            expect(scoresOf(rows[parents[row] as number] as number[], seed)[id]).toBeGreaterThan(-Infinity);
          }
        });
      }
    });

    test("an answer ends at an end, or has the most tokens", () => {
      for (let seed = 0; seed < 8; seed++) {
        const { ids, reason } = walk(create(), seed);
        expect(ids).not.toContain(END);
        if (reason === "length") expect(ids).toHaveLength(ROOM);
        else expect(ids.length).toBeLessThanOrEqual(ROOM);
      }
    });
  });
}

interface WalkedAnswer {
  readonly ids: readonly number[];
  readonly reason: "end" | "length";
}

type Look = (advance: Advance, rows: readonly (readonly number[])[]) => void;

function walk(strategy: Strategy, seed: number, look?: Look): WalkedAnswer {
  const walking = startWalk(strategy, seed, look);
  while (!walking.over) walking.step();
  return walking.answer();
}

function startWalk(strategy: Strategy, seed: number, look?: Look) {
  const prompt: SearchPrompt = {
    vocabulary: VOCABULARY,
    room: ROOM,
    ends: [END],
    random: createRandom(`strategy/${seed}`),
  };
  const search: Search = strategy.start(prompt);
  let rows: number[][] = [[]];
  let answer: WalkedAnswer | undefined;
  return {
    get over(): boolean {
      return answer !== undefined;
    },
    step(): void {
      if (answer) return;
      const scores = rows.map((ids) => processedScores(ids, seed, strategy));
      const given = scores.map((row) => row.slice());
      const states = strategy.states ? rows.map((ids) => [stateOf(ids, seed)]) : undefined;
      const advance = search.advance(scores, states);
      expect(scores).toEqual(given);
      look?.(advance, rows);
      const ended = advance.finished[0] === true;
      const before = rows;
      rows = Array.from(advance.parents, (parent, row) => [
        ...(before[parent] as number[]),
        advance.ids[row] as number,
      ]);
      if (search.best && rows.length === 0) [answer] = search.best();
      else if (!search.best && ended) answer = { ids: before[0] as number[], reason: "end" };
      else if (!search.best && rows[0]?.length === ROOM) answer = { ids: rows[0], reason: "length" };
    },
    answer: (): WalkedAnswer => {
      const { ids, reason } = answer as WalkedAnswer;
      return { ids: [...ids], reason };
    },
  };
}

/** The same behind the strategy's own processors. */
function processedScores(ids: readonly number[], seed: number, { processors = [] }: Strategy): Float32Array {
  const scores = scoresOf(ids, seed);
  for (const processor of processors) {
    const row = processor.create({ index: 0, sample: 0, prompt: [], ends: [END], room: ROOM });
    for (const id of ids) row.accept(id);
    row.apply(scores);
  }
  return scores;
}

/** A made-up state of the model at the last of some tokens. */
function stateOf(ids: readonly number[], seed: number): Float32Array {
  const random = createRandom(`states/${seed}/${ids.join(" ")}`);
  return Float32Array.from({ length: 4 }, () => random.normal());
}

/** Logits after some tokens, one of them impossible. */
function scoresOf(ids: readonly number[], seed: number): Float32Array {
  const random = createRandom(`scores/${seed}/${ids.join(" ")}`);
  const logits = Float32Array.from({ length: VOCABULARY }, () => 2 * random.normal());
  logits[1 + random.integer(VOCABULARY - 1)] = Number.NEGATIVE_INFINITY;
  return logits;
}
