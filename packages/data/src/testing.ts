import { isTextPair, type TextExample } from "@trivium/features";
import { describe, expect, test } from "vitest";
import type { Dataset } from "./dataset.ts";

/**
 * The conformance suite of the `dataset` kind.
 *
 * @param load - makes the dataset; called twice.
 * @example describeDataset("cmudict", cmudict);
 */
export function describeDataset(name: string, load: () => Promise<Dataset>): void {
  describe(`dataset ${name}`, async () => {
    const dataset = await load();
    const parts = { train: dataset.train, validation: dataset.validation, test: dataset.test };

    test("comes out the same twice", async () => {
      const { train, validation, test: held, fingerprint } = await load();
      expect({ train, validation, test: held }).toEqual(parts);
      expect(fingerprint).toBe(dataset.fingerprint);
    });

    test("has something in every part, and no empty text", () => {
      for (const part of Object.values(parts)) {
        expect(part.length).toBeGreaterThan(0);
        expect(part.filter((example) => textsOf(example).includes(""))).toEqual([]);
      }
    });

    test("no source stands in two parts", () => {
      const keys = Object.values(parts).map((part) => new Set(part.map(keyOf)));
      expect(new Set(keys.flatMap((part) => [...part])).size).toBe(keys.reduce((sum, part) => sum + part.size, 0));
    });

    test("the target is the first reference, and references do not repeat", () => {
      for (const example of Object.values(parts).flat()) {
        if (!isTextPair(example) || example.references === undefined) continue;
        expect(example.references[0]).toBe(example.target);
        expect(new Set(example.references).size).toBe(example.references.length);
      }
    });
  });
}

const keyOf = (example: TextExample): string => (isTextPair(example) ? example.source : example.text);
const textsOf = (example: TextExample): readonly string[] =>
  isTextPair(example) ? [example.source, example.target, ...(example.references ?? [])] : [example.text];
