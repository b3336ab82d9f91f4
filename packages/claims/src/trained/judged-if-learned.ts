import type { Effect } from "@trivium/evaluator";

/** The share of right answers from which on a task counts as learned. */
const learnedFrom = 0.9;

/** The score that compared arms have reached. */
export interface Reached {
  /** `"causal, question last"` */
  readonly name: string;
  /** Exact match, the mean over seeds. */
  readonly share: number;
}

/** The effect; unjudged where one of those compared has not learned its task: arms that guess show nothing of what is said of them. */
export function judgedIfLearned(effect: Effect, compared: readonly Reached[]): Effect {
  const short = compared.filter(({ share }) => !(share >= learnedFrom));
  if (short.length === 0) return effect;
  const shares = short.map(({ name, share }) => `${name} answers ${percent(share)} right`).join(", ");
  return { ...effect, unjudged: `not learned: ${shares}, where ${percent(learnedFrom)} would count as learned` };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
