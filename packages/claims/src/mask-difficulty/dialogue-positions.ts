import { createRandom } from "@trivium/core";
import { createModel } from "@trivium/model";
import { recomputedPositions, type Turn } from "@trivium/probes";
import { disposeTree } from "@trivium/tensor";
import type { ClaimArm } from "../framework/claim.ts";

/** The positions that a model encodes in a dialogue. */
export type DialoguePositions = {
  readonly architecture: string;
  readonly tokens: number;
  readonly encoded: number;
  readonly recomputed: number;
  /** Encoded again in each turn. */
  readonly turns: readonly number[];
};

export interface DialogueOptions {
  readonly architectures: readonly string[];
  readonly turns: number;
  readonly turn: Turn;
}

/** Holds a dialogue with a live model of each architecture, and counts what is encoded again. Exact. */
export const dialoguePositions = ({ architectures, turns, turn }: DialogueOptions): ClaimArm<DialoguePositions[]> => ({
  name: "a dialogue",
  configuration: { type: "mask-difficulty/dialogue", version: 1, architectures, turns, turn: { ...turn } },
  async *run(context) {
    const found: DialoguePositions[] = [];
    const tokens = turns * (turn.prompt + turn.reply);
    for (const name of architectures) {
      const architecture = context.architecture(name);
      const config = { vocabulary: 19, length: tokens, width: 8, layers: 1, heads: 2 };
      const model = createModel({ architecture, config, attention: context.attention });
      const parameters = model.createParameters(createRandom("dialogue"));
      const { attention } = context;
      const held = recomputedPositions({
        model,
        parameters,
        attention,
        turns: Array.from({ length: turns }, () => turn),
      });
      disposeTree(parameters);
      const { encoded, recomputed } = held;
      const again = held.turns.map((one) => one.recomputed);
      found.push({ architecture: name, tokens, encoded, recomputed, turns: again });
      yield { done: found.length, total: architectures.length, note: name };
    }
    return { numbers: found };
  },
});
