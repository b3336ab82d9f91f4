import { createHash } from "node:crypto";
import { isTextPair, type TextExample } from "@trivium/features";
import { createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";
import { expect, test } from "vitest";
import { cmudict } from "./cmudict.ts";
import { encodeExamples, exampleLength } from "./encode-examples.ts";
import { fitPairTokenizer } from "./fit-pair-tokenizer.ts";
import { describeDataset } from "./testing.ts";

describeDataset("cmudict", cmudict);

const registry = createRegistry(tokenizerPlugins);
const dataset = await cmudict();

const sources = (part: readonly TextExample[]) => part.map((example) => (isTextPair(example) ? example.source : ""));
const digest = (part: readonly TextExample[]) => createHash("sha256").update(sources(part).join("\n")).digest("hex");

test("the split is word for word the one that the Python peer makes", () => {
  expect([dataset.train, dataset.validation, dataset.test].map((part) => part.length)).toEqual([109_204, 2670, 12_000]);
  // SHA-256 of the joined words, computed by Python from torch_g2p.py's own splitting lines.
  expect(digest(dataset.train)).toBe("4094a3636e530490641ea4a997fb392c51432a9025dc3671ffdaa28efe8c5a7a");
  expect(digest(dataset.validation)).toBe("8826d88b1c6051c247e8f811a27a990492a54e647195a3f31c108af160dd53f9");
  expect(digest(dataset.test)).toBe("dc86fe44cc66fc2ae58a5185f75c5dc11cda34b2e871ad2a3ee76afb28695979");
});

test("pronunciations have no stress, the first is the target, all are references", () => {
  const all = [...dataset.train, ...dataset.validation, ...dataset.test].filter(isTextPair);
  const count = all.reduce((sum, { references }) => sum + (references?.length ?? 1), 0);
  expect(count).toBe(132_271);
  const most = all.find(({ source }) => source === "MOST");
  expect(most).toEqual({ source: "MOST", target: "M OW S T", references: ["M OW S T", "M OW S"] });
});

test("its tokenizer has 27 letters and 39 phones in one vocabulary, and nothing is unknown", () => {
  const tokenizer = fitPairTokenizer(dataset, (json) => registry.create("tokenizer", json.name, json));
  expect(tokenizer.size).toBe(5 + 27 + 39);
  const encoded = encodeExamples(dataset.test, tokenizer, { length: 68 });
  expect(
    encoded.filter((example) => "source" in example && [...example.source, ...example.target].includes(4)),
  ).toEqual([]);
  expect(Math.max(...encoded.map((example) => exampleLength(example, tokenizer.special)))).toBeLessThanOrEqual(68);
  const [first] = encoded as { source: number[]; target: number[] }[];
  expect(tokenizer.decodeSource(first!.source)).toBe("PIRAEUS");
  expect(tokenizer.decodeTarget(first!.target)).toBe((dataset.test[0] as { target: string }).target);
});
