import "@tensorflow/tfjs-backend-cpu";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reference } from "@trivium/attention";
import { createRandom, DataError } from "@trivium/core";
import { groupReferences } from "@trivium/data";
import { readExamples } from "@trivium/data/node";
import type { TextExample, TextPair } from "@trivium/features";
import { createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import {
  createByteTokenizer,
  createCharacterTokenizer,
  createDisjointPair,
  createSharedPair,
  createSymbolTokenizer,
  type PairTokenizer,
} from "@trivium/text";
import { consume } from "@trivium/trainer";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeHeldOut } from "./encode-held-out.ts";
import { evaluate } from "./evaluate.ts";
import { textSize } from "./target-sizes.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));
const folder = mkdtempSync(join(tmpdir(), "references-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function examplesOf(path: string): Promise<TextExample[]> {
  const examples: TextExample[] = [];
  for await (const example of readExamples(path)) examples.push(example);
  return examples;
}

type Written = Pick<TextPair, "source" | "target">;

/** Characters of all planes, with combining marks, marks of byte order and separators that end no line. */
const character = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  fc.constantFrom(
    "\u0301",
    "e\u0301",
    "\uFEFF",
    "\uFFFD",
    "\u2028",
    "\u0085",
    "😀",
    "👩‍👧",
    "𝒳",
    "ж",
    " ",
    "  ",
    "\u{10FFFF}",
  ),
);
const text = fc.array(character, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
const inJson = text.filter((one) => one.trim() !== "");
const inTable = text.map((one) => one.replace(/[\0\t\n\r]/g, "")).filter((one) => one.trim() !== "");
const pairsOf = (side: fc.Arbitrary<string>) =>
  fc.array(fc.record({ source: fc.oneof(side, fc.constant("the same")), target: side }), {
    minLength: 1,
    maxLength: 6,
  });
const form = fc.record({ mark: fc.constantFrom("", "\uFEFF"), end: fc.constantFrom("\n", "\r\n"), blank: fc.nat(2) });

async function read(
  name: string,
  lines: readonly string[],
  { mark, end, blank }: { mark: string; end: string; blank: number },
) {
  const path = join(folder, name);
  writeFileSync(path, mark + lines.map((line) => line + end + end.repeat(blank)).join(""));
  return examplesOf(path);
}

function tokenizersFor(pairs: readonly Written[]): Record<"lossless" | "lossy", PairTokenizer[]> {
  const corpus = pairs.flatMap(({ source, target }) => [source, target]);
  const few = createCharacterTokenizer({ alphabet: ["a", "\uFFFD"] });
  const symbols = createSymbolTokenizer({ corpus: ["x", ...corpus] });
  return {
    lossless: [createSharedPair(createByteTokenizer()), createSharedPair(createCharacterTokenizer({ corpus }))],
    lossy: [
      createSharedPair(few),
      createSharedPair(symbols),
      createDisjointPair({ source: symbols, target: createSymbolTokenizer({ alphabet: ["K"] }) }),
    ],
  };
}

/** The distinct targets of each source, in the order of the file. */
function rightTargets(pairs: readonly Written[]): string[][] {
  const targets = new Map<string, Set<string>>();
  for (const { source, target } of pairs) targets.set(source, (targets.get(source) ?? new Set()).add(target));
  return Array.from(targets.values(), (own) => [...own]);
}

function referencesAreThoseOf(pairs: readonly Written[], examples: readonly TextExample[]): void {
  const { lossless, lossy } = tokenizersFor(pairs);
  for (const tokenizer of [...lossless, ...lossy]) {
    const heldOut = encodeHeldOut(groupReferences(examples), tokenizer, 10_000);
    expect(heldOut.map(({ references }) => references)).toEqual(rightTargets(pairs));
  }
}

test("the references of a table reach the scorer as they stand in the file, whatever the tokenizer", async () => {
  await fc.assert(
    fc.asyncProperty(pairsOf(inTable), form, async (pairs, written) => {
      // A mark at the start of a file is the file's.
      fc.pre(written.mark !== "" || !pairs[0]!.source.startsWith("\uFEFF"));
      const lines = pairs.map(({ source, target }) => `${source}\t${target}`);
      referencesAreThoseOf(pairs, await read("pairs.tsv", lines, written));
    }),
  );
});

test("the references of JSON lines reach the scorer as they stand in the file, line ends within them too", async () => {
  await fc.assert(
    fc.asyncProperty(pairsOf(inJson), form, async (pairs, written) => {
      const lines = pairs.map((pair) => JSON.stringify(pair));
      referencesAreThoseOf(pairs, await read("pairs.jsonl", lines, written));
    }),
  );
});

test("half a surrogate pair is refused with its line, escaped in JSON and as bytes", async () => {
  for (const half of ["\ud83d", "\ude00", "a\udfffb"]) {
    const lines = [JSON.stringify({ source: "a", target: "b" }), JSON.stringify({ source: "a", target: half })];
    const reading = read("half.jsonl", lines, { mark: "", end: "\n", blank: 0 });
    await expect(reading).rejects.toSatisfy((error) => DataError.is(error, "data/line") && /:2\b/.test(error.message));
  }
  const path = join(folder, "half.tsv");
  writeFileSync(path, Buffer.concat([Buffer.from("a\tb\na\t"), Buffer.from([0xed, 0xa0, 0xbd]), Buffer.from("\n")]));
  await expect(examplesOf(path)).rejects.toThrow(/half\.tsv:2: not a text file/);
});

test("characters and bytes of an evaluation are those of the file's targets", async () => {
  await fc.assert(
    fc.asyncProperty(pairsOf(inJson), form, async (pairs, written) => {
      const examples = await read(
        "counted.jsonl",
        pairs.map((pair) => JSON.stringify(pair)),
        written,
      );
      const targets = pairs.map(({ target }) => target).join("");
      const { lossless, lossy } = tokenizersFor(pairs);
      for (const tokenizer of [...lossless, ...lossy]) {
        const { characters, bytes } = await countsOf(examples, tokenizer);
        expect(characters).toBeCloseTo([...targets].length, 6);
        expect(bytes).toBeCloseTo(Buffer.byteLength(targets), 6);
      }
    }),
    { numRuns: 15 },
  );
});

test("characters and bytes of a text file reach the scorer, each once, whatever the tokenizer and the windows", async () => {
  const lines = fc.array(text, { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(lines, form, fc.integer({ min: 2, max: 9 }), async (drawn, written, length) => {
      const kept = drawn.map((line) => line.replace(/[\0\r\n]/g, "")).filter((line) => line.trim() !== "");
      fc.pre(kept.length > 0 && (written.mark !== "" || !kept[0]!.startsWith("\uFEFF")));
      const pieces = (await read("counted.txt", kept, written)).filter((piece) => "text" in piece);
      const content = pieces.map((piece) => piece.text).join("");
      expect(content.replaceAll("\n", "")).toBe(kept.join(""));
      for (const tokenizer of Object.values(tokenizersFor([{ source: "x", target: content }])).flat())
        for (const piece of pieces.filter(({ text }) => tokenizer.encodeTarget(text).length > 1)) {
          const [first, ...others] = encodeHeldOut([piece], tokenizer, length).map(({ sizes }) => sizes!);
          for (const unit of ["characters", "bytes"] as const) {
            const counted = [...first![unit], ...others.flatMap((sizes) => sizes[unit].slice(1))];
            expect(counted.reduce((sum, count) => sum + count, 0)).toBe(textSize(piece.text)[unit]);
          }
        }
      const { bytes, tokens } = await countsOf(pieces, createSharedPair(createByteTokenizer()));
      expect(bytes).toBeCloseTo(tokens, 6);
    }),
    { numRuns: 25 },
  );
});

/** The characters and bytes by which an untrained model's likelihood was divided. */
async function countsOf(examples: readonly TextExample[], tokenizer: PairTokenizer) {
  const config = { vocabulary: tokenizer.size, length: 256, width: 4, layers: 1, heads: 1 };
  const model = createModel({ architecture: causal, config, attention: reference() });
  const { targetLoss, targetTokens, bitsPerCharacter, bitsPerByte } = await consume(
    evaluate({
      model,
      parameters: model.createParameters(createRandom(1)),
      tokenizer,
      objective: causalLm({ loss: "target" }),
      special: tokenizer.special,
      heldOut: encodeHeldOut(examples, tokenizer, 256),
      // Counted are the texts of the file, never what ids spell.
      decodeTarget: () => expect.unreachable("nothing is decoded to be counted"),
      decoded: 0,
    }),
  );
  const bits = (targetLoss * targetTokens) / Math.LN2;
  return { characters: bits / bitsPerCharacter, bytes: bits / bitsPerByte, tokens: targetTokens };
}
