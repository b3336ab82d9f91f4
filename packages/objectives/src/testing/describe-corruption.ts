import { createRandom } from "@trivium/core";
import { type Example, isPair } from "@trivium/features";
import { hasSpecial, reservedSpecials, type SpecialTokens } from "@trivium/text";
import { describe, expect, test } from "vitest";
import type { Corruption, Rewritten } from "../corruption.ts";
import { createObjective } from "../create-objective.ts";
import { showsAsDeclared } from "../declared-labels.ts";
import type { FeatureContext } from "../feature-context.ts";
import type { Layout } from "../layout.ts";
import { markCoder } from "../mark-coder.ts";
import { tokenLoss } from "../token-loss.ts";

/** The vocabulary and the examples of the conformance suite of corruptions. */
export interface DescribeCorruptionOptions {
  /** Special tokens with all that the corruption needs. Default: those of our own tokenizers. */
  readonly special?: SpecialTokens | undefined;
  /** Lengths of the examples: pairs of source and target, and texts. Default: a pair of 3 and 2, texts of 5 to 40. */
  readonly pairs?: readonly (readonly [source: number, target: number])[] | undefined;
  readonly texts?: readonly number[] | undefined;
  /** The number of positions to fill. Default: none is given. */
  readonly window?: number | undefined;
}

/**
 * The conformance suite of corruptions: the properties that layouts and the search for label leaks rely on.
 *
 * @example describeCorruption(randomSplit());
 */
export function describeCorruption<R extends Rewritten>(
  corruption: Corruption<R>,
  { special = reservedSpecials(), pairs = [[3, 2]], texts = [5, 12, 40], window }: DescribeCorruptionOptions = {},
): void {
  const examples = [...pairs.map(pairOf), ...texts.map((length): Example => ({ tokens: idsFrom(1000, length) }))];
  const rewrite = rewriter(corruption);
  const context = (seed: number): FeatureContext => ({
    special,
    tokenizer: markCoder(special),
    random: createRandom(seed),
    window,
  });
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);

  describe(`corruption ${corruption.name}`, () => {
    test("the vocabulary of the suite has the special tokens that it needs", () => {
      expect((corruption.needs ?? []).filter((need) => !hasSpecial(special, need))).toEqual([]);
    });

    test("the same random stream rewrites an example in the same way", () => {
      for (const example of examples.map(markedFrom(0)))
        for (const seed of seeds) expect(rewrite(example, context(seed))).toEqual(rewrite(example, context(seed)));
    });

    test("marks pass through it: other ids in the same places are rewritten in the same way", () => {
      for (const [one, other] of examples.map(
        (example) => [markedFrom(0)(example), markedFrom(-500)(example)] as const,
      ))
        for (const seed of seeds) {
          const moved = mapIds(rewrite(one, context(seed)), (id) => (id < 0 ? id - 500 : id));
          expect(rewrite(other, context(seed))).toEqual(moved);
        }
    });

    test("what is predicted is a token of the example or a special token, and something is", () => {
      for (const example of examples.map(markedFrom(0)))
        for (const seed of seeds) {
          const { predicted } = partsOf(rewrite(example, context(seed)));
          expect(predicted.length).toBeGreaterThan(0);
          for (const id of predicted) if (id < 0) expect(idsOf(example)).toContain(id);
        }
    });

    test("no more labels are shown than it declares", () => {
      const counts = { labels: 0, shown: 0 };
      for (const example of examples.map(markedFrom(0)))
        for (const seed of seeds) {
          const { predicted, isShown } = partsOf(rewrite(example, context(seed)));
          const marks = predicted.flatMap((id, at) => (id < 0 ? [isShown(id, at)] : []));
          counts.labels += marks.length;
          counts.shown += marks.filter(Boolean).length;
        }
      expect(showsAsDeclared(corruption, counts)).toBe(true);
    });
  });
}

const idsFrom = (first: number, length: number) => Array.from({ length }, (_, at) => first + at);

const pairOf = ([source, target]: readonly [number, number]): Example => ({
  source: idsFrom(100, source),
  target: idsFrom(500, target),
});

const idsOf = (example: Example) => (isPair(example) ? [...example.source, ...example.target] : example.tokens);

/** Marks below `start` in the place of ids. */
const markedFrom =
  (start: number) =>
  (example: Example): Example => {
    if (!isPair(example)) return { ...example, tokens: example.tokens.map((_, at) => start - 1 - at) };
    const { source, target } = example;
    return {
      source: source.map((_, at) => start - 1 - at),
      target: target.map((_, at) => start - 1 - source.length - at),
    };
  };

/** The rewriting of ids, by way of an objective whose layout hands on what it gets. */
function rewriter<R extends Rewritten>(corruption: Corruption<R>) {
  let last: R | undefined;
  const layout: Layout<"tokens", R> = {
    name: "rewritten",
    streams: ["tokens"],
    features(rewritten) {
      last = rewritten;
      return { streams: { tokens: [] }, prefixLength: 0, targets: [], lossWeights: [] };
    },
  };
  const loss = tokenLoss({ labelSmoothing: 0, zLoss: 0 });
  const objective = createObjective({ name: corruption.name, corruption, layout, loss });
  return (example: Example, context: FeatureContext): R => {
    objective.features(example, context);
    return last as R;
  };
}

function mapIds(rewritten: Rewritten, map: (id: number) => number): Rewritten {
  return Object.fromEntries(
    Object.entries(rewritten).map(([name, value]) =>
      Array.isArray(value) && name !== "weights" ? [name, value.map(map)] : [name, value],
    ),
  ) as unknown as Rewritten;
}

/** The ids that are predicted, and whether each stands in sight: in the source, or in its own place. */
function partsOf(rewritten: Rewritten): { predicted: number[]; isShown: (id: number, at: number) => boolean } {
  if ("source" in rewritten) {
    const { source, target } = rewritten;
    return { predicted: [...target], isShown: (id) => source.includes(id) };
  }
  const { ids, labels, weights } = rewritten;
  const places = [...weights.keys()].filter((at) => (weights[at] as number) > 0);
  return {
    predicted: places.map((at) => labels[at] as number),
    isShown: (id, at) => ids[places[at] as number] === id,
  };
}
