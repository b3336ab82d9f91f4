import { flattenTree, type ParameterTree } from "@trivium/tensor";
import type { ResolvedConfig } from "../resolve-config.ts";

type Vector = readonly number[];

/** The numbers that a plain forward pass reads. */
export interface PlainModel {
  readonly config: ResolvedConfig;
  readonly parameters: ParameterTree;
  /** Channels of a head after their turn to a position. */
  readonly turn?: ((channels: Vector, position: number) => Vector) | undefined;
  /** What is added to the embedding of a position. */
  readonly placed?: ((position: number) => Vector) | undefined;
  /** Whether a query sees a key in a layer. */
  readonly visible: (layer: number, query: number, key: number) => boolean;
}

/**
 * The logits of one row of a single stream `tokens`, computed number by number: an oracle that shares no code with the
 * model.
 */
export function forwardInFloat64(model: PlainModel, ids: readonly number[]): number[][] {
  const { config, placed } = model;
  const read = reader(model);
  const table = read.matrix("embedding.weight");
  const embedded = ids.map((id, position) => plus(table[id] as Vector, placed?.(position) ?? []));
  let states = config.embeddingNorm ? embedded.map((x) => read.norm("tokens.embeddingNorm", x)) : embedded;
  for (let layer = 0; layer < (config.layers as number); layer++) {
    const [self, feed] = [`tokens.layers.${layer}.self`, `tokens.layers.${layer}.feedForward`];
    states = residual(
      states,
      (inputs) => attention(model, read, inputs, layer),
      (x) => read.norm(`${self}.norm`, x),
      config,
    );
    const feedForward = (inputs: readonly Vector[]) =>
      inputs.map((x) => read.affine(`${feed}.down`, read.affine(`${feed}.up`, x).map(silu)));
    states = residual(states, feedForward, (x) => read.norm(`${feed}.norm`, x), config);
  }
  const last = config.norm.placement === "pre" ? states.map((x) => read.norm("tokens.norm", x)) : states;
  return last.map((x) => {
    const product = table.map((row) => dot(row, x));
    const logits = config.head.bias ? plus(product, read.vector("head.bias")) : product;
    const { softCap } = config.head;
    return logits.map((logit) => (softCap ? softCap * Math.tanh(logit / softCap) : logit));
  });
}

const silu = (x: number): number => x / (1 + Math.exp(-x));
const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
const plus = (a: Vector, b: Vector): number[] => a.map((value, at) => value + (b[at] ?? 0));

function residual(
  states: readonly Vector[],
  branch: (inputs: readonly Vector[]) => readonly Vector[],
  norm: (x: Vector) => Vector,
  { norm: { placement } }: ResolvedConfig,
): Vector[] {
  const added = branch(placement === "pre" ? states.map(norm) : states);
  const sums = states.map((x, at) => plus(x, added[at] as Vector));
  return placement === "pre" ? sums : sums.map(norm);
}

function attention(model: PlainModel, read: Reader, inputs: readonly Vector[], layer: number): Vector[] {
  const { config, visible, turn = (channels) => channels } = model;
  const { heads, keyValueHeads, headWidth, attention: options } = config;
  const path = `tokens.layers.${layer}.self`;
  const finish = (name: string, x: Vector, position: number) =>
    turn(options.queryKeyNorm ? read.norm(`${path}.${name}Norm`, x) : x, position);
  const head = (x: Vector, at: number) => x.slice(at * headWidth, (at + 1) * headWidth);
  const [queries, keys, values] = ["query", "key", "value"].map((name) =>
    inputs.map((x) => read.affine(`${path}.${name}`, x)),
  ) as [Vector[], Vector[], Vector[]];
  return inputs.map((_, query) => {
    const mixed = Array.from({ length: heads }, (_, h) => {
      const group = Math.floor((h * keyValueHeads) / heads);
      const seen = [...inputs.keys()].filter((key) => visible(layer, query, key));
      const asked = finish("query", head(queries[query] as Vector, h), query);
      const logits = seen.map((key) => {
        const product = dot(asked, finish("key", head(keys[key] as Vector, group), key));
        const scaled = options.scale === "none" ? product : product / Math.sqrt(headWidth);
        const { softCap } = options;
        return softCap ? softCap * Math.tanh(scaled / softCap) : scaled;
      });
      const weights = logits.map((logit) => Math.exp(logit));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return Array.from({ length: headWidth }, (_, channel) =>
        dot(
          weights.map((weight) => weight / total),
          seen.map((key) => head(values[key] as Vector, group)[channel] as number),
        ),
      );
    });
    return read.affine(`${path}.output`, mixed.flat());
  });
}

type Reader = ReturnType<typeof reader>;

function reader({ config, parameters }: PlainModel) {
  const leaves = flattenTree(parameters);
  const vector = (path: string): Vector => Array.from(leaves[path]?.dataSync() ?? []);
  const matrix = (path: string): Vector[] => leaves[path]?.arraySync() as number[][];
  const { kind, epsilon, unitOffset } = config.norm;
  return {
    vector,
    matrix,
    affine(path: string, x: Vector): Vector {
      const weight = matrix(`${path}.weight`);
      const product = (weight[0] as Vector).map((_, column) =>
        dot(
          x,
          weight.map((row) => row[column] as number),
        ),
      );
      return plus(product, vector(`${path}.bias`));
    },
    norm(path: string, x: Vector): Vector {
      const mean = kind === "layer" ? x.reduce((sum, value) => sum + value, 0) / x.length : 0;
      const square = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
      const gain = vector(`${path}.gain`).map((value) => (unitOffset ? 1 + value : value));
      const normed = x.map((value, at) => ((value - mean) / Math.sqrt(square + epsilon)) * (gain[at] as number));
      return plus(normed, vector(`${path}.bias`));
    },
  };
}
