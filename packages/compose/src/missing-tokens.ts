import type { Reason } from "@trivium/core";
import type { Objective } from "@trivium/objectives";
import { hasSpecial, type PairTokenizer } from "@trivium/text";

/** The special tokens and parts of the frame that an objective needs and a tokenizer lacks, a reason each. */
export function missingTokens(
  { name, needs = [] }: Pick<Objective, "name" | "needs">,
  tokenizer: Pick<PairTokenizer, "name" | "special">,
): Reason[] {
  const lacking = [...new Set(needs)].filter((need) => !hasSpecial(tokenizer.special, need));
  return lacking.map((need) => ({
    code: "compose/special-token",
    message: `objective "${name}" needs ${wordsFor(need)}, and tokenizer "${tokenizer.name}" has none`,
  }));
}

function wordsFor(need: string): string {
  if (need === "frame.joined") return "a frame for source and target in one stream (frame.joined)";
  if (need.startsWith("frame.")) return `a frame for a ${need.slice(6)} in a stream of its own (${need})`;
  return `the special token "${need}"`;
}
