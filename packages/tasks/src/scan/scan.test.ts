import { createHash } from "node:crypto";
import { type Dataset, encodeExamples, fitPairTokenizer } from "@trivium/data";
import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextExample, type TextPair } from "@trivium/features";
import { createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scanCommands } from "./grammar.ts";
import { scan } from "./scan.ts";

describeDataset("scan", () => scan());
describeDataset("scan addprim-jump", () => scan({ split: "addprim-jump" }));

const sizes = ({ train, validation, test: held }: Dataset) => [train.length, validation.length, held.length];
const pairs = (...parts: (readonly TextExample[])[]) => parts.flat().filter(isTextPair);

/** SHA-256 of the pairs in the order of their bytes, as `sort` and `sha256sum` see them. */
function digest(some: readonly TextPair[]): string {
  const lines = some.map(({ source, target }) => `${source}\t${target}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

// Of the files of https://github.com/brendenlake/SCAN, each by:
//   sed 's/^IN: //; s/ OUT: /\t/' FILE | LC_ALL=C sort | sha256sum
const published = {
  length: [
    [16_990, "5858272319dfc0a7ae8fd17c301b8a46e4e90339ab09297037ee9ce307cff741"],
    [3_920, "a959bcb891448e37059941b198a13ec99da2780923df7dda04b77b5f74d9af0b"],
  ],
  "addprim-jump": [
    [14_670, "84c912b45efb8c2a6077367f7d00a8f66003253cef25fbcbbeb377888d9a31dd"],
    [7_706, "ae1617c56a64dc37f45d104457ce7a214d124439bcddc97bea0af0f7b5e7491b"],
  ],
  "turn-left": [
    [21_890, "938081e8b42f218de3fffd176e0387d7f607a6e956407b2627bfd4520771580e"],
    [1_208, "e362c6af4b8084d8795795a48df3a18ae2fa68d65ae2bdf08ce5599fd25377a1"],
  ],
} as const;

test("the grammar gives the 20,910 published pairs", () => {
  const all = scanCommands().map(({ command, actions }) => ({ source: command, target: actions.join(" ") }));
  expect([all.length, digest(all)]).toEqual([
    20_910,
    "80583994a620d9cbc1ae953a0d94ce500df62a866bee15bce89d32be4e5be573",
  ]);
});

test.each(Object.entries(published))("%s is the published split, pair for pair", async (split, [train, held]) => {
  const chosen = { split: split as keyof typeof published };
  for (const validation of [0, 400]) {
    const dataset = await scan({ ...chosen, validation });
    expect(sizes(dataset)).toEqual([train[0] - validation, validation, held[0]]);
    expect(digest(pairs(dataset.train, dataset.validation))).toBe(train[1]);
    expect(digest(pairs(dataset.test))).toBe(held[1]);
  }
});

test("simple has the published sizes, and another seed draws another", async () => {
  const whole = await scan({ validation: 0 });
  expect(sizes(whole)).toEqual([16_728, 0, 4_182]);
  const tests = (dataset: Dataset) => new Set(pairs(dataset.test).map(({ source }) => source));
  const [first, second] = [tests(whole), tests(await scan({ validation: 0, seed: 1 }))];
  const shared = [...first].filter((source) => second.has(source)).length;
  // 4,182 · 4,182 / 20,910 = 836 by chance.
  expect(Math.abs(shared - 836)).toBeLessThan(100);
});

test("a repeated primitive stays in training, all of it", async () => {
  const { train } = await scan({ split: "addprim-jump", validation: 5000 });
  expect(pairs(train).filter(({ source }) => source === "jump")).toHaveLength(1467);
});

test("length trains on at most 22 actions and tests on 24 to 48", async () => {
  const { train, validation, test: held } = await scan({ split: "length" });
  const lengths = (part: readonly TextExample[]) => pairs(part).map(({ target }) => target.split(" ").length);
  expect(Math.max(...lengths(train), ...lengths(validation))).toBe(22);
  expect([Math.min(...lengths(held)), Math.max(...lengths(held))]).toEqual([24, 48]);
});

/** An interpreter that reads the command as text, by rewriting: another way than the grammar's. */
function interpret(command: string): string {
  const and = command.indexOf(" and ");
  if (and >= 0) return `${interpret(command.slice(0, and))} ${interpret(command.slice(and + 5))}`;
  const after = command.indexOf(" after ");
  if (after >= 0) return `${interpret(command.slice(after + 7))} ${interpret(command.slice(0, after))}`;
  const times = /^(.*) (twice|thrice)$/.exec(command);
  if (times)
    return Array(times[2] === "twice" ? 2 : 3)
      .fill(interpret(times[1]!))
      .join(" ");
  const [, verb, manner, direction] = /^(\w+)(?: (opposite|around))?(?: (left|right))?$/.exec(command)!;
  const turn = direction ? [`I_TURN_${direction.toUpperCase()}`] : [];
  const act = verb === "turn" ? [] : [`I_${verb!.toUpperCase()}`];
  if (manner === "around")
    return Array(4)
      .fill([...turn, ...act].join(" "))
      .join(" ");
  return [...turn, ...(manner === "opposite" ? turn : []), ...act].join(" ");
}

test("every meaning is what an interpreter of the text says", async () => {
  const dataset = await scan();
  fc.assert(
    fc.property(fc.constantFrom(...pairs(dataset.train, dataset.test)), ({ source, target }) => {
      expect(target).toBe(interpret(source));
    }),
    { numRuns: 2000 },
  );
});

test("its vocabulary has 13 words and 6 actions, and nothing is unknown", async () => {
  const registry = createRegistry(tokenizerPlugins);
  const dataset = await scan({ split: "addprim-jump" });
  const tokenizer = fitPairTokenizer(dataset, (json) => registry.create("tokenizer", json.name, json));
  expect(tokenizer.size).toBe(5 + 13 + 6);
  for (const example of encodeExamples([...dataset.train, ...dataset.test], tokenizer)) {
    expect("source" in example && [...example.source, ...example.target].includes(4)).toBe(false);
  }
});

test("options that cannot be are refused with what there is", async () => {
  await expect(scan({ split: "jump" as never })).rejects.toThrow("task scan: split: ");
  await expect(scan({ validation: 16_728 })).rejects.toThrow("validation asks for 16728 of the 16728 commands");
});
