import { createHash } from "node:crypto";
import type { TextExample } from "@trivium/features";
import fc from "fast-check";
import { expect, test } from "vitest";
import { groupReferences } from "./group-references.ts";
import { splitByHash } from "./split-by-hash.ts";

const pair = fc.record({ source: fc.string({ maxLength: 2 }), target: fc.string({ maxLength: 2 }) });
const texts = fc.record({ text: fc.string({ maxLength: 2 }) });
const sourceOf = (example: TextExample) => ("source" in example ? example.source : example.text);

test("the parts hold every example once, share no source, and do not depend on the order of the file", () => {
  const some = fc.oneof(fc.array(pair), fc.array(texts));
  fc.assert(
    fc.property(some, fc.nat(3), fc.nat(3), (examples, validation, held) => {
      const sources = new Set(examples.map(sourceOf));
      fc.pre(sources.size > validation + held);
      const split = splitByHash(examples, { validation, test: held });
      const parts = [split.train, split.validation, split.test];
      const key = (example: TextExample) => JSON.stringify(example);
      expect(parts.flat().map(key).sort()).toEqual(examples.map(key).sort());
      const perPart = parts.map((part) => new Set(part.map(sourceOf)));
      expect(perPart.map((part) => part.size)).toEqual([sources.size - validation - held, validation, held]);
      expect(new Set(perPart.flatMap((part) => [...part])).size).toBe(sources.size);
      const reversed = splitByHash([...examples].reverse(), { validation, test: held });
      expect(new Set(reversed.test.map(key))).toEqual(new Set(split.test.map(key)));
    }),
  );
});

test("parts are in the order of SHA-256 of the source", () => {
  const examples = [..."abcdefgh"].map((source) => ({ source, target: "x" }));
  const { train, validation, test: held } = splitByHash(examples, { validation: 2, test: 3 });
  const digest = (example: TextExample) => createHash("sha256").update(sourceOf(example)).digest("hex");
  const digests = [...train, ...validation, ...held].map(digest);
  expect(digests).toEqual([...digests].sort());
});

test("too few sources are refused with the numbers", () => {
  const examples = [{ text: "a" }, { text: "a" }, { text: "b" }];
  expect(() => splitByHash(examples, { validation: 1, test: 1 })).toThrow(
    "2 different sources are too few to hold out 1 for validation and 1 for testing",
  );
});

test("a repeated source becomes one example whose references are its targets without repetition", () => {
  fc.assert(
    fc.property(fc.array(pair), (pairs) => {
      const grouped = groupReferences(pairs) as { source: string; target: string; references?: string[] }[];
      expect(grouped.map(({ source }) => source)).toEqual([...new Set(pairs.map(({ source }) => source))]);
      for (const { source, target, references } of grouped) {
        const targets = [...new Set(pairs.filter((one) => one.source === source).map((one) => one.target))];
        expect(target).toBe(targets[0]);
        expect(references).toEqual(targets.length > 1 ? targets : undefined);
      }
    }),
  );
});
