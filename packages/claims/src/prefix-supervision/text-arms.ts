import { type Preset, type TrainingSettings, trainingArm } from "@trivium/evaluator";
import type { SeededArms } from "../trained/seeded-arms.ts";
import { type EfficiencyKind, efficiencyArms } from "../training-efficiency/efficiency-arms.ts";

/** The arm of the claim training-efficiency, so that both share it. */
const textArm = (preset: Preset, kind: EfficiencyKind, seed: number) => {
  const arms = efficiencyArms({ preset, seeds: [seed] });
  return (arms.find((one) => one.task === "moby-dick" && one.kind === kind) as (typeof arms)[number]).arm;
};

/** Moby-Dick, cut at random into prefix and continuation. Half the steps are as many supervised tokens. */
export const textArms = (preset: Preset): SeededArms[] => [
  { name: "Moby-Dick: causal", arm: (seed) => textArm(preset, "causal", seed) },
  { name: "Moby-Dick: causal, half the steps", arm: (seed) => textArm(preset, "causal, half the steps", seed) },
  { name: "Moby-Dick: prefix", arm: (seed) => textArm(preset, "prefix", seed) },
  {
    name: "Moby-Dick: causal, loss behind the cut",
    // The prefix model's rows, positions and loss under the causal mask.
    arm: (seed) => {
      const { configuration } = textArm(preset, "prefix", seed);
      return trainingArm({ ...(configuration as unknown as TrainingSettings), name: "", architecture: "causal" });
    },
  },
];
