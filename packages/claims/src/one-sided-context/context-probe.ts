import type { PairExample } from "@trivium/features";
import { linearProbe, type ProbedModel, perturbationInfluence } from "@trivium/probes";
import type { TrainingProbe } from "../framework/training-arm.ts";
import { targetObjective } from "../trained/sight.ts";

/** Information about later tokens at early source positions, by layer. Layer 0 is the embeddings. */
export type ContextSeen = {
  /** Changes of an earlier source state when a later source token is another: how many there could be, and were. */
  readonly pairs: number;
  readonly moved: readonly number[];
  /** The least and largest change of any element. */
  readonly least: readonly number[];
  readonly largest: readonly number[];
  /** Accuracy of a linear probe that reads the last source token off the first source position. */
  readonly readable: readonly number[];
  /** Accuracy of always answering with the commonest token. */
  readonly chance: number;
};

export interface ContextProbeOptions {
  /** Number of held-out examples to perturb, token by token. */
  readonly perturbed: number;
  /** Number of examples to probe. A quarter of them tests the probe. */
  readonly probed: number;
}

/** Looks at the states of source tokens: do they move with what comes later, and can it be read off them? */
export const contextProbe = ({ perturbed, probed }: ContextProbeOptions): TrainingProbe => ({
  name: "context seen",
  settings: { perturbed, probed, version: 1 },
  run(model, parameters, data) {
    const objective = targetObjective(model.architecture.name);
    const examples = data.heldOut.map(({ example }) => example as PairExample);
    const probe = { model, parameters, objective };
    return { ...movements(probe, examples.slice(0, perturbed)), ...readLast(probe, examples.slice(0, probed)) };
  },
});

function movements(probed: ProbedModel, examples: readonly PairExample[]) {
  const found = examples.map((example) => perturbationInfluence({ ...probed, example }).source.maximum);
  const layers = (found[0] ?? []).map((_, layer) =>
    found.flatMap((ofLayers) => (ofLayers[layer] ?? []).flatMap((row, i) => row.slice(i + 1))),
  );
  return {
    pairs: layers[0]?.length ?? 0,
    moved: layers.map((changes) => changes.filter((change) => change > 0).length),
    least: layers.map((changes) => Math.min(...changes)),
    largest: layers.map((changes) => Math.max(...changes)),
  };
}

/** The label is the last source token, the state that of the first. */
function readLast(probed: ProbedModel, examples: readonly PairExample[]) {
  const last = ({ source }: PairExample) => source.at(-1) as number;
  const classes = [...new Set(examples.map(last))].sort((a, b) => a - b);
  const { layers, chance } = linearProbe({
    ...probed,
    examples: examples.map((example) => ({ example, label: classes.indexOf(last(example)), position: 0 })),
  });
  return { readable: layers.map(({ accuracy }) => accuracy), chance };
}
