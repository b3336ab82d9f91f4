import { createPacer } from "@trivium/core";
import { isPair, type PairExample } from "@trivium/features";
import { attentionOnSource } from "@trivium/probes";
import type { ProbedData, TrainingProbe } from "../framework/training-arm.ts";
import { targetObjective } from "../trained/sight.ts";

/** The source tokens that hold an answer: the recalled value, or the copied letter. */
export type GoldRule = "recalled" | "copied";

export interface SourceAttentionOptions {
  /** Held-out examples of each condition, one condition behind the other. */
  readonly each: number;
  /** Number of examples to inspect for each length. */
  readonly looked: number;
  readonly gold: GoldRule;
}

/** Attention at one source length: means over examples, layers and heads where nothing else is said. */
export type SourceAttention = {
  /** Weight on source tokens, step by step. */
  readonly mass: readonly number[];
  /** Entropy over log n, mean over steps: 1 if all source tokens are equal. */
  readonly entropy: number;
  /** Weight on the token that the answer stands at, in the head that has most, mean over steps that have one. */
  readonly gold: number;
};

/** Looks at the attention that each generation step gives to the source, at each source length. */
export const sourceAttention = (options: SourceAttentionOptions): TrainingProbe => ({
  name: "long-input/source-attention",
  settings: { version: 1, ...options },
  async run(model, parameters, { heldOut }) {
    const objective = targetObjective(model.architecture.name);
    const pause = createPacer();
    const conditions: SourceAttention[] = [];
    for (let start = 0; start < heldOut.length; start += options.each) {
      const looks: Look[] = [];
      for (const example of examplesOf(heldOut, start, options.looked)) {
        const gold = goldOf(options.gold, example);
        looks.push({ ...attentionOnSource({ model, parameters, objective, example, gold }), named: gold });
        await pause();
      }
      conditions.push(summary(looks));
    }
    return conditions;
  },
});

const examplesOf = (heldOut: ProbedData["heldOut"], start: number, count: number): PairExample[] =>
  heldOut
    .slice(start, start + count)
    .map(({ example }) => example)
    .filter(isPair);

/** Returns the source tokens that hold the answer, for each step of the target and for its end. */
export function goldOf(rule: GoldRule, { source, target }: PairExample): number[][] {
  if (rule === "copied") return [...target.map((_, at) => [at]), []];
  // `k3 v1 k0 v7 ? k3`: the value stands behind the first mention of the key that is asked for.
  return [[source.indexOf(source.at(-1) as number) + 1], []];
}

type Look = ReturnType<typeof attentionOnSource> & { readonly named: readonly (readonly number[])[] };

function summary(looks: readonly Look[]): SourceAttention {
  const [{ mass, steps }] = looks as [Look];
  const everyHead = mass.flatMap((heads, layer) => heads.map((_, head) => [layer, head] as const));
  const over = (of: (look: Look, layer: number, head: number) => number) =>
    everyHead.map(([layer, head]) => meanOrZero(looks.map((look) => of(look, layer, head))));
  const goldIn = ({ gold, named }: Look, layer: number, head: number) =>
    meanOrZero((gold[layer]?.[head] ?? []).filter((_, step) => (named[step]?.length ?? 0) > 0));
  return {
    mass: Array.from({ length: steps }, (_, step) =>
      meanOrZero(over((look, layer, head) => look.mass[layer]?.[head]?.[step] ?? 0)),
    ),
    entropy: meanOrZero(over((look, layer, head) => meanOrZero(look.entropy[layer]?.[head] ?? []))),
    gold: Math.max(...over(goldIn)),
  };
}

const meanOrZero = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
