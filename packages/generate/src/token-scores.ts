import { bestContinuations, type Continuation, logProbabilityOf } from "./logits.ts";
import type { RowsToRun } from "./strategy.ts";

export interface LogProbabilityOptions {
  /** The number of most probable tokens to tell at each place of an answer. Default 0. */
  readonly top?: number | undefined;
  /**
   * The distribution of which log-probabilities are told: the model's own, or the one that the strategy chose by, behind
   * all processors and the strategy's own. Default `"model"`.
   */
  readonly of?: "model" | "processed" | undefined;
}

/** The log-probability of a token of an answer. */
export interface TokenScore {
  /** Nats. */
  readonly logProbability: number;
  /** The most probable tokens at its place, the best first. Undefined where none are asked for. */
  readonly top?: readonly Continuation[] | undefined;
}

/** A beginning of answers: the tokens that rows have gone on with. */
interface Node {
  readonly children: Map<number, { readonly score: TokenScore; readonly node: Node }>;
}

/** Log-probabilities of the tokens of all answers of a search. */
export class TokenScores {
  readonly #top: number;
  readonly #root: Node = { children: new Map() };
  #rows: readonly Node[] = [this.#root];
  #logits: readonly Float32Array[] = [];

  constructor({ top = 0 }: LogProbabilityOptions) {
    this.#top = top;
  }

  /** Takes what the rows predict. @param logits - `[rows][V]`; kept until the next step. */
  read(logits: readonly Float32Array[]): void {
    this.#logits = logits;
  }

  /** Takes the rows that go on. */
  follow({ parents, ids }: RowsToRun): void {
    this.#rows = Array.from(parents, (parent, row) => {
      const { children } = this.#rows[parent] as Node;
      const id = ids[row] as number;
      const child = children.get(id) ?? { score: this.#scoreOf(parent, id), node: { children: new Map() } };
      children.set(id, child);
      return child.node;
    });
  }

  /** Returns the score of the token that the only row has chosen. */
  newest(id: number): TokenScore {
    return this.#scoreOf(0, id);
  }

  /** Returns the scores of an answer's tokens, of which the last may stand behind the last step. */
  along(ids: readonly number[]): TokenScore[] {
    let node = this.#root;
    return ids.map((id) => {
      const child = node.children.get(id);
      if (!child) return this.#scoreOf(this.#rows.indexOf(node), id);
      ({ node } = child);
      return child.score;
    });
  }

  #scoreOf(row: number, id: number): TokenScore {
    const logits = this.#logits[row] as Float32Array;
    const top = this.#top > 0 ? bestContinuations(logits, this.#top) : undefined;
    return { logProbability: logProbabilityOf(logits, id), top };
  }
}
