import type { Preset } from "../framework/claim.ts";
import type { SeededArms } from "../trained/seeded-arms.ts";
import { efficiencyArm } from "../training-efficiency/efficiency-arms.ts";

/** Half the steps are as many supervised tokens. */
const kinds = ["causal", "causal, half the steps", "prefix", "causal, loss behind the cut"] as const;

/** Moby-Dick, cut at random into prefix and continuation: arms of the claim training-efficiency, and a control. */
export const textArms = (preset: Preset): SeededArms[] =>
  kinds.map((kind) => ({
    name: `Moby-Dick: ${kind}`,
    arm: (seed) => efficiencyArm({ preset, task: "moby-dick", kind, seed }),
  }));
