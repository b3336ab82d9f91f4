import type { StepEvent } from "@trivium/trainer";

/** The text beside the progress of a training. */
export const stepNote = ({ loss, tokensPerSecond }: Pick<StepEvent, "loss" | "tokensPerSecond">): string =>
  `loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`;
