import { type Dataset, encodeExamples, fitPairTokenizer } from "@trivium/data";
import { describeDataset } from "@trivium/data/testing";
import { isTextPair, type TextPair } from "@trivium/features";
import { createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";
import { expect, test } from "vitest";
import { names } from "./names.ts";

describeDataset("names", () => names());

const all = ({ train, validation, test: held }: Dataset): TextPair[] =>
  [...train, ...validation, ...held].filter(isTextPair);

test("Danish is Dänisch, Germany Alemania, and names that are the same are left out", async () => {
  const languages = all(await names());
  expect(languages).toContainEqual({ source: "Danish", target: "Dänisch" });
  expect(languages.filter(({ source, target }) => source === target)).toEqual([]);
  const regions = all(await names({ of: "region", to: "es" }));
  expect(regions).toContainEqual({ source: "Germany", target: "Alemania" });
  expect(Math.min(languages.length, regions.length)).toBeGreaterThan(150);
});

test("a pair turned around is a pair of the other direction", async () => {
  const there = all(await names({ of: "region" }));
  const back = new Map(all(await names({ of: "region", from: "de", to: "en" })).map((pair) => [pair.source, pair]));
  for (const { source, target } of there) {
    const { target: first, references = [first] } = back.get(target) as TextPair;
    expect(references).toContain(source);
  }
});

test("shares of the names are held out, and every character is in the vocabulary", async () => {
  const dataset = await names({ validation: 0.2, test: 0.3 });
  const count = all(dataset).length;
  expect(dataset.validation).toHaveLength(Math.round(0.2 * count));
  expect(dataset.test).toHaveLength(Math.round(0.3 * count));
  const registry = createRegistry(tokenizerPlugins);
  const tokenizer = fitPairTokenizer(dataset, (json) => registry.create("tokenizer", json.name, json));
  for (const example of encodeExamples(dataset.test, tokenizer)) {
    expect("source" in example && [...example.source, ...example.target].includes(4)).toBe(false);
  }
});

test("locales that are none, unknown or the same are refused", async () => {
  await expect(names({ to: "xx" })).rejects.toMatchObject({
    code: "tasks/locale",
    message: expect.stringContaining('has no names in the locale "xx"; give another, such as de or fr'),
  });
  await expect(names({ from: "not a locale" })).rejects.toMatchObject({ code: "tasks/locale" });
  await expect(names({ to: "en" })).rejects.toThrow("dataset names: to: must be another locale than from");
});
