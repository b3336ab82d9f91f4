import { prepareData } from "@trivium/compose";
import { exampleLength } from "@trivium/data";
import type { HeldOut } from "@trivium/evaluator";
import type { Example } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import type { Identity } from "./contender.ts";
import { plugins } from "./plugins.ts";

/** The settings of a whole run; the PyTorch peer has the same. */
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
  readonly tokenizer: PairTokenizer;
  /** Positions that the longest row of a single stream takes, with some room. */
  readonly length: number;
  readonly train: readonly Example[];
  readonly heldOut: readonly HeldOut[];
}

/** The training words, and the first of the test words. */
export async function loadRunData(decoded: number): Promise<RunData> {
  const { tokenizer, train, ...data } = await prepareData({ data: { name: "cmudict" } }, plugins);
  const heldOut = data.heldOut("test", decoded);
  const { special, size: vocabulary } = tokenizer;
  const examples = [...train, ...heldOut.map(({ example }) => example)];
  const longest = Math.max(...examples.map((example) => exampleLength(example, special)));
  return { vocabulary, tokenizer, length: longest + 8, train, heldOut };
}

/** The outcome of a run. */
export interface RunOutcome {
  /** Training and evaluation. */
  readonly seconds: number;
  readonly trainSeconds: number;
  readonly per: number;
  readonly wer: number;
}

/** A contender of `bench run`: trains from a seed, and evaluates once. */
export interface Runner extends Identity {
  run(seed: number): Promise<RunOutcome>;
  close(): Promise<void> | void;
}
