import type { PairExample } from "@trivium/features";
import { markedBatch, type TokenPlace } from "@trivium/objectives";
import { type HiddenStates, readStates, stateAt } from "./hidden-states.ts";
import type { ProbedModel } from "./probed-model.ts";
import { slotOf, withIds } from "./with-ids.ts";

export interface PerturbationOptions extends ProbedModel {
  readonly example: PairExample;
  /** The id that stands in for a source token. Default: the next one of the vocabulary. */
  readonly replace?: ((id: number) => number) | undefined;
}

/**
 * The movements of states, `[layer][i][j]`: of the state of token i when source token j is replaced. Layer 0 is the
 * embeddings.
 */
export interface Movements {
  /** The largest change of any element; 0 where no bit moved. */
  readonly maximum: number[][][];
  /** The Euclidean distance. */
  readonly distance: number[][][];
}

/** The influence of each source token on the states of a model. */
export interface PerturbationInfluence {
  /** Movements of the states of source tokens. */
  readonly source: Movements;
  /** Movements of the states of target tokens that the model reads, in the stack that predicts. */
  readonly target: Movements;
  /** The least and largest `maximum` of each layer among source tokens before the replaced one. */
  readonly backwards: readonly { readonly least: number; readonly largest: number }[];
}

/**
 * Changes one source token after the other and measures which hidden states move: `‖h′ᵢ − hᵢ‖` at every layer.
 *
 * Under a causal mask nothing before the changed token moves by one bit; in a prefix and in an encoder everything does.
 * Inputs have the same shape throughout, so what does not depend on the token is equal to the bit.
 *
 * @throws {ShapeError} `probes/source-token` if the objective does not show the model each source token exactly once.
 * @source probing by perturbation: Li et al. 2016, https://arxiv.org/abs/1612.08220
 * @example perturbationInfluence({ model, parameters, objective: prefixLm(), example }).backwards[1].least > 0 // => true
 */
export function perturbationInfluence(options: PerturbationOptions): PerturbationInfluence {
  const { model, parameters, objective, example } = options;
  const { replace = (id) => (id + 1) % model.config.vocabulary } = options;
  const { batch, tokens } = markedBatch(objective, [example], { special: options.special });
  const source = tokens.slice(0, example.source.length);
  const target = tokens.slice(example.source.length).filter(({ inputs }) => inputs.length > 0);
  const before = readStates(model, parameters, batch).states;
  const after = source.map((token) => readStates(model, parameters, withIds(batch, [slotOf(token)], replace)).states);
  const ofSource = movements(source, before, after);
  const ofTarget = movements(target, before, after);
  return { source: ofSource, target: ofTarget, backwards: ofSource.maximum.map(extremesBefore) };
}

function movements(
  tokens: readonly TokenPlace[],
  before: readonly HiddenStates[],
  after: readonly (readonly HiddenStates[])[],
): Movements {
  const { stream } = tokens[0]?.inputs[0] ?? {};
  const layers = [...before.keys()].filter((index) => before[index]?.stream === stream);
  const measure = (measured: (a: Float32Array, b: Float32Array) => number) =>
    layers.map((index) =>
      tokens.map(({ inputs }) => {
        const slot = inputs[0]?.at as number;
        const own = stateAt(before[index] as HiddenStates, slot);
        return after.map((states) => measured(own, stateAt(states[index] as HiddenStates, slot)));
      }),
    );
  return { maximum: measure(largestDifference), distance: measure(euclidean) };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] as number))), 0);
}

const euclidean = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, at) => sum + (value - (b[at] as number)) ** 2, 0));

/** Returns the extremes over the pairs in which the replaced token comes later, or zeros if there is only one token. */
function extremesBefore(matrix: readonly (readonly number[])[]): { least: number; largest: number } {
  const earlier = matrix.flatMap((row, i) => row.slice(i + 1));
  if (earlier.length === 0) return { least: 0, largest: 0 };
  return { least: Math.min(...earlier), largest: Math.max(...earlier) };
}
