import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextExample } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mixture } from "./mixture.ts";

describeDataset("mixture", () => mixture());

const pairs = (part: readonly TextExample[]) => part.filter(isTextPair);
const instructionOf = ({ source }: { source: string }) => source.split(" : ")[0] as string;

const code = (text: string) => [...text].map((letter) => letter.charCodeAt(0) - 97);
const spell = (codes: readonly number[]) => codes.map((one) => String.fromCharCode(97 + one)).join("");

/** What each word does to a string, other than by the task's own functions. */
const meanings: Record<string, (text: string, symbols: number) => string> = {
  copy: (text) => text,
  reverse: (text) => [...text].reduce((before, letter) => letter + before, ""),
  sort: (text) => spell(Array.from(Int8Array.from(code(text)).sort())),
  successor: (text, symbols) => spell(code(text).map((one) => (one + 1 === symbols ? 0 : one + 1))),
  duplicate: (text) => text.repeat(2),
  first: (text) => text.charAt(0),
  last: (text) => text.charAt(text.length - 1),
  "swap-halves": (text) => text.substring(text.length >> 1) + text.substring(0, text.length >> 1),
};

test("the target is what the instruction makes of the letters, word after word", async () => {
  const options = fc.record({
    seed: fc.integer(),
    symbols: fc.integer({ min: 3, max: 26 }),
    length: fc.integer({ min: 5, max: 12 }),
    heldOut: fc.constantFrom("sort then reverse", "first", "successor then duplicate"),
    train: fc.constant(200),
    validation: fc.constant(10),
    test: fc.constant(20),
  });
  await fc.assert(
    fc.asyncProperty(options, async (some) => {
      // Of `first` with few letters there are few examples, too.
      const { train, validation, test: held } = await mixture(some);
      for (const { source, target } of pairs([...train, ...validation, ...held])) {
        const [instruction, sequence] = source.split(" : ") as [string, string];
        let text = sequence.replaceAll(" ", "");
        for (const step of instruction.split(" then ")) text = meanings[step]!(text, some.symbols);
        expect(target).toBe([...text].join(" "));
      }
    }),
    { numRuns: 30 },
  );
});

test("the held-out instruction is all of the test part and nowhere else, but all of its words are trained", async () => {
  for (const heldOut of ["sort then reverse", "reverse then successor", "duplicate"]) {
    const { train, validation, test: held } = await mixture({ heldOut });
    expect(new Set(pairs(held).map(instructionOf))).toEqual(new Set([heldOut]));
    const trained = new Set(pairs(train).map(instructionOf));
    expect(trained.has(heldOut)).toBe(false);
    expect(pairs(validation).some((pair) => instructionOf(pair) === heldOut)).toBe(false);
    // 8 simple tasks and 8 · 7 compositions, less the one that is held out.
    expect(trained.size).toBe(63);
    const words = new Set([...trained].flatMap((instruction) => instruction.split(" ")));
    for (const word of heldOut.split(" ")) expect(words).toContain(word);
  }
});

test("every instruction is about as frequent as any other", async () => {
  const { train } = await mixture({ train: 12_600 });
  for (const some of Map.groupBy(pairs(train), instructionOf).values()) {
    expect(Math.abs(some.length - 200)).toBeLessThan(75);
  }
});

test("an instruction that does not exist is refused with those that do", async () => {
  await expect(mixture({ tasks: ["copy", "sort"], heldOut: "sort then reverse" })).rejects.toThrow(
    'task mixture: there is no instruction "sort then reverse" to hold out; give one of copy, sort, or two of them with "then"',
  );
  await expect(mixture({ tasks: ["copy"] })).rejects.toThrow("tasks: ");
});
