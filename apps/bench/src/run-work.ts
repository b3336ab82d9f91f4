import { type Dataset, encodeExamples, exampleLength, fitPairTokenizer } from "@trivium/data";
import type { HeldOut } from "@trivium/evaluator";
import { type Example, isTextPair, type TextPair } from "@trivium/features";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import type { PairTokenizer, SpecialTokens, Tokenizer } from "@trivium/text";

/** What a whole run is told; the PyTorch peer is told the same. */
export interface RunSettings {
  readonly words: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Held-out words to decode. */
  readonly decoded: number;
}

/** CMUdict as ids. */
export interface RunData {
  readonly vocabulary: number;
  readonly special: SpecialTokens;
  /** Positions that the longest row of a single stream takes, with some room. */
  readonly length: number;
  readonly train: readonly Example[];
  readonly heldOut: readonly HeldOut[];
}

const registry = createRegistry(presets);

/** The training words, and the first of the test words. */
export async function loadRunData(decoded: number): Promise<RunData> {
  const dataset: Dataset = await registry.create("dataset", "cmudict", {});
  const tokenizer = fitPairTokenizer(
    dataset,
    (json) => registry.create("tokenizer", json.name as never, json as never) as Tokenizer,
  );
  const train = encodeExamples(dataset.train, tokenizer);
  const test = dataset.test.filter(isTextPair).slice(0, decoded);
  const heldOut = test.map((pair) => heldOutOf(pair, tokenizer));
  const { special } = tokenizer;
  const examples = [...train, ...heldOut.map(({ example }) => example)];
  const longest = Math.max(...examples.map((example) => exampleLength(example, special)));
  return { vocabulary: tokenizer.size, special, length: longest + 8, train, heldOut };
}

function heldOutOf(pair: TextPair, tokenizer: PairTokenizer): HeldOut {
  const references = (pair.references ?? [pair.target]).map((target) => tokenizer.encodeTarget(target));
  return { example: encodeExamples([pair], tokenizer)[0] as Example, references };
}

/** What a run came to. */
export interface RunOutcome {
  /** Training and evaluation. */
  readonly seconds: number;
  readonly trainSeconds: number;
  readonly per: number;
  readonly wer: number;
}

/** A contender of `bench run`: trains from a seed, and evaluates once. */
export interface Runner {
  readonly name: string;
  readonly precision: "f32" | "bf16";
  readonly version?: string;
  readonly provider?: string;
  readonly threads?: number;
  run(seed: number): Promise<RunOutcome>;
  close(): Promise<void> | void;
}
