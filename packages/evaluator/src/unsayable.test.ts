import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { type ParameterTree, tf } from "@trivium/tensor";
import {
  createByteTokenizer,
  createCharacterTokenizer,
  createDisjointPair,
  createSharedPair,
  createSymbolTokenizer,
  type PairTokenizer,
  silentIds,
} from "@trivium/text";
import { bartLike, t5Like } from "@trivium/text/testing";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { encodeHeldOut } from "./encode-held-out.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { bleu } from "./metrics/bleu.ts";
import { chrf } from "./metrics/chrf.ts";
import { exactMatch } from "./metrics/exact-match.ts";
import { rouge } from "./metrics/rouge.ts";
import { spellPrediction } from "./spell-prediction.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

/** Scores a model that answers with one id, over and over, against one target. */
function scoreOf(target: string, id: number, { tokenizer, tokens }: { tokenizer: PairTokenizer; tokens: number }) {
  const config = { vocabulary: tokenizer.size, length: 32, width: 4, layers: 1, heads: 1, head: { bias: true } };
  const model = createModel({ architecture: causal, config, attention: reference() });
  const bias = tf.tensor1d(Array.from({ length: tokenizer.size }, (_, at) => (at === id ? 100 : 0)));
  const parameters: ParameterTree = { ...model.createParameters(createRandom(1)), head: { bias } };
  return consume(
    evaluate({
      model,
      parameters,
      tokenizer,
      objective: causalLm({ loss: "target" }),
      special: tokenizer.special,
      heldOut: encodeHeldOut([{ source: "a", target }], tokenizer, 32),
      decodeTarget: (ids) => tokenizer.decodeTarget(ids),
      maximumTokens: tokens,
      metrics: [exactMatch(), chrf(), bleu({ tokenizer: "char" }), rouge()],
    }),
  );
}

const nothingIsRight = ({ wer, exactMatch: share, metrics }: Evaluation) => {
  expect([wer, share]).toEqual([1, 0]);
  for (const { name, score } of metrics ?? []) expect(score, name).toBeLessThan(1e-6);
};

const characters = createCharacterTokenizer({ alphabet: ["a", "b"] });
const unknown = characters.special.unknown as number;

test.each(["wholly different", "\uFFFD\uFFFD", "жд", "😀"])(
  "%j is not said by an answer of unknown tokens",
  async (target) => {
    const tokenizer = createSharedPair(characters);
    const evaluation = await scoreOf(target, unknown, { tokenizer, tokens: [...target].length });
    expect(evaluation.per).toBe(1);
    nothingIsRight(evaluation);
  },
);

test("unknown in a disjoint pair, a source's id, and bytes that are no character equal no U+FFFD of a reference", async () => {
  const source = createCharacterTokenizer({ alphabet: ["a"] });
  const pair = createDisjointPair({ source, target: createSymbolTokenizer({ alphabet: ["K", "AE"] }) });
  const bytes = createSharedPair(createByteTokenizer());
  const [ofSource, noCharacter] = [pair.encodeSource("a")[0] as number, bytes.size - 1];
  nothingIsRight(await scoreOf("\uFFFD", unknown, { tokenizer: pair, tokens: 1 }));
  nothingIsRight(await scoreOf("\uFFFD", ofSource, { tokenizer: pair, tokens: 1 }));
  nothingIsRight(await scoreOf("\uFFFD\uFFFD", noCharacter, { tokenizer: bytes, tokens: 2 }));
});

test("special tokens in an answer are no text, and so no edits, in any vocabulary", () => {
  const said = (tokenizer: PairTokenizer, ids: readonly number[]) =>
    spellPrediction(ids, ["ab"], { special: tokenizer.special, tokenizer, decodeTarget: tokenizer.decodeTarget });
  for (const one of [characters, createByteTokenizer(), t5Like("ab"), bartLike("ab")]) {
    const tokenizer = createSharedPair(one);
    const [first, second] = tokenizer.encodeTarget("ab") as [number, number];
    for (const id of silentIds(tokenizer.special)) expect(said(tokenizer, [id, first, id, id, second])).toBe("ab");
    expect(said(tokenizer, [first, tokenizer.size + 1, second])).not.toBe("ab");
  }
});

test("a vocabulary that has U+FFFD says it, and a right answer is right", async () => {
  const tokenizer = createSharedPair(createCharacterTokenizer({ alphabet: ["\uFFFD", "a"] }));
  for (const [at, target] of ["\uFFFD\uFFFD", "aa"].entries()) {
    const { per, exactMatch: share } = await scoreOf(target, 5 + at, { tokenizer, tokens: 2 });
    expect([per, share]).toEqual([0, 1]);
  }
});

test("a decoder that writes unknown as a word says none of it", async () => {
  const plain = createSharedPair(characters);
  const decodeTarget = (ids: readonly number[]) => ids.map((id) => (id === unknown ? "<unk>" : "a")).join("");
  const tokenizer: PairTokenizer = { ...plain, decodeTarget: (ids) => decodeTarget([...ids]) };
  nothingIsRight(await scoreOf("<unk>", unknown, { tokenizer, tokens: 1 }));
});

test("error rates count characters whatever the tokens are, and symbols between blanks where those are the tokens", async () => {
  const bytes = createSharedPair(createByteTokenizer());
  const saying = (text: string): PairTokenizer => ({ ...bytes, decodeTarget: () => text });
  for (const [said, target, per] of [
    ["\u0436", "\u0434", 1],
    ["\u{1F600}\u{1F601}", "\u{1F600}\u{1F602}", 1 / 2],
    ["\u6F22", "\u6F22\u5B57\u8A9E", 2 / 3],
  ] as const) {
    const evaluation = await scoreOf(target, 5, { tokenizer: saying(said), tokens: 1 });
    expect([evaluation.per, evaluation.unit]).toEqual([per, "character"]);
  }
  const phonemes = createSharedPair(createSymbolTokenizer({ alphabet: ["K", "AE", "T"] }));
  const evaluation = await scoreOf("K AE  T", phonemes.encodeTarget("K")[0] as number, {
    tokenizer: phonemes,
    tokens: 3,
  });
  expect([evaluation.per, evaluation.unit]).toEqual([2 / 3, "symbol"]);
});

test("the share of unknown tokens stands in an evaluation", async () => {
  const tokenizer = createSharedPair(characters);
  const shares = ["жд", "ab", "aж"].map(async (target) => {
    return (await scoreOf(target, unknown, { tokenizer, tokens: 1 })).unknownShare;
  });
  expect(await Promise.all(shares)).toEqual([2 / 3, 0, 1 / 3]);
});
