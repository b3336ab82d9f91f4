import { createRandom, type Reason, TriviumError } from "@trivium/core";
import type { Example } from "@trivium/features";
import { type Architecture, leaksByMasks, type ResolvedConfig } from "@trivium/model";
import {
  countLabels,
  isMisplaced,
  type MarkedBatch,
  markedBatch,
  type Objective,
  showsAsDeclared,
} from "@trivium/objectives";
import type { SpecialTokens } from "@trivium/text";

/** A composition's parts that labels could leak through. */
export interface LeakParts {
  readonly architecture: Architecture;
  readonly config: ResolvedConfig;
  readonly objective: Objective;
  readonly special: SpecialTokens;
}

/** A pair, and texts that are long enough for a corruption to draw from. */
const samples: readonly (readonly Example[])[] = [
  [{ source: [10, 11, 12], target: [20, 21, 22] }],
  [6, 20, 20, 20, 20, 20, 20, 20].map((length, text) => ({
    tokens: Array.from({ length }, (_, token) => 30 + 20 * text + token),
    ends: text % 2 === 1,
    sentences: [0, 4, 9, 11].filter((start) => start < length),
  })),
];

/** The ways, one a sample at most, in which more predictions with loss see their labels than the objective declares. */
export function leakReasons(parts: LeakParts): Reason[] {
  const reasons = samples.flatMap((sample) => {
    const marked = mark(parts, sample);
    return marked ? leakReason(parts, marked) : [];
  });
  return [...new Map(reasons.map((reason) => [reason.message, reason])).values()];
}

/** Null where the objective does not take examples of that form. */
function mark({ objective, special }: LeakParts, sample: readonly Example[]): MarkedBatch | null {
  const random = createRandom("compose");
  try {
    return markedBatch(objective, sample, { special, random: (index) => random.split(index) });
  } catch (error) {
    if (TriviumError.is(error, "objective/example")) return null;
    throw error;
  }
}

function leakReason({ architecture, config, objective }: LeakParts, marked: MarkedBatch): Reason[] {
  const leaks = leaksByMasks({ architecture, config }, marked);
  const predicting = architecture.streams.at(-1) as string;
  const misplaced = leaks.find((leak) => isMisplaced(leak, predicting));
  const first = misplaced ?? leaks[0];
  const shown = new Set(leaks.map(({ row, position }) => `${row} ${position}`)).size;
  const labels = countLabels(marked);
  if (!first || (!misplaced && showsAsDeclared(objective, { labels, shown }))) return [];
  const what = `objective "${objective.name}" on architecture "${architecture.name}" lets a prediction see its own label`;
  const declared =
    objective.shows && !misplaced ? `, ${shown} of ${labels} where it declares a share of ${objective.shows}` : "";
  return [{ code: "compose/label-leak", message: `${what}${declared}: ${first.text}` }];
}
