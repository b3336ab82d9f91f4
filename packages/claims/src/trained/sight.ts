import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import type { TrainingSettings } from "../framework/training-settings.ts";

type Sight = Pick<TrainingSettings, "architecture" | "objective">;

const onAll = { name: "causal-lm", options: { loss: "all" } };

/**
 * The architecture and objective of each arm: its masks, and the positions that carry loss. Single streams have the
 * same rows, parameters and positions.
 */
export const sights = {
  causal: { architecture: "causal", objective: { name: "causal-lm", options: { loss: "target" } } },
  "causal, loss on all": { architecture: "causal", objective: onAll },
  prefix: { architecture: "prefix", objective: { name: "prefix-lm" } },
  /** A control: under this mask the source's own loss asks for what is in sight. */
  "prefix, loss on all": { architecture: "prefix", objective: onAll },
  "encoder–decoder": { architecture: "encoder-decoder", objective: { name: "seq2seq" } },
} as const satisfies Readonly<Record<string, Sight>>;

export type SightName = keyof typeof sights;

const objectives: Readonly<Record<string, () => Objective>> = {
  causal: () => causalLm({ loss: "target" }),
  prefix: () => prefixLm(),
  "encoder-decoder": () => seq2seq() as Objective,
};

/** Makes the objective of an architecture that takes loss on targets alone. */
export const targetObjective = (architecture: string): Objective => (objectives[architecture] as () => Objective)();
