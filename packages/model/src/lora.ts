import { ConfigError, hashWords } from "@trivium/core";
import { createTree, droppedAdapter } from "@trivium/nn";
import {
  flattenSpecs,
  flattenTree,
  type ParameterSpec,
  type ParameterTree,
  type SpecTree,
  selectPaths,
  type Tensor,
  type Tensor2D,
  tf,
  unflattenTree,
} from "@trivium/tensor";
import type { LanguageTask } from "./language-task.ts";

/** Options of low-rank adapters. */
export interface LoraOptions {
  /** r, the columns of A and rows of B. */
  readonly rank: number;
  /** α: the product of A and B is multiplied by α/r. Default: the rank. */
  readonly alpha?: number | undefined;
  /** Patterns of the paths of the matrices to adapt, as `selectPaths` takes them. Default: maps to queries and values. */
  readonly targets?: readonly string[] | undefined;
  /** Share of a map's inputs that its adapter does not see, drawn for each token of a step; from 0 to below 1. Default 0. */
  readonly dropout?: number | undefined;
}

/** Low-rank adapters of a model: which matrices they change, and how much. */
export interface Lora extends Pick<LoraOptions, "dropout"> {
  readonly rank: number;
  readonly alpha: number;
  /** Paths of the adapted matrices. */
  readonly targets: readonly string[];
}

/** The maps that the paper adapts. */
const usualTargets = ["**.query", "**.value"];

/**
 * Finds the matrices that adapters change.
 *
 * @throws {ConfigError} `tensor/pattern` for a pattern that selects nothing, `model/lora` if no matrix is selected.
 * @example resolveLora({ rank: 8 }, model.specs).targets // => ["tokens.layers.0.self.query.weight", …]
 */
export function resolveLora(options: LoraOptions, specs: SpecTree): Lora {
  const { rank, alpha = rank, targets = usualTargets, dropout } = options;
  const flat = flattenSpecs(specs);
  const selected = selectPaths(targets, Object.keys(flat));
  const matrices = [...selected].filter((path) => flat[path]?.shape.length === 2);
  if (matrices.length > 0) return { rank, alpha, targets: matrices, dropout };
  const message = `adapters change matrices, and the targets ${targets.join(", ")} select none: "**.query" selects some`;
  throw new ConfigError("model/lora", message);
}

/**
 * Returns the specifications of adapters: `a` and `b` below the path of each matrix `[I, O]` that they change. A is normal
 * with the variance of PEFT's, 1/(3·I), and B is zero, so that a model begins as it was.
 */
export function loraSpecs(specs: SpecTree, { rank, targets }: Lora): SpecTree {
  const flat = flattenSpecs(specs);
  const adapters = targets.flatMap((path): [string, ParameterSpec][] => {
    const [inputs = 0, outputs = 0] = flat[path]?.shape ?? [];
    const a: ParameterSpec = { shape: [inputs, rank], initial: { deviation: 1 / Math.sqrt(3 * inputs) } }; // [I, r]
    const b: ParameterSpec = { shape: [rank, outputs], initial: { constant: 0 } }; // [r, O]
    return [
      [`${path}.a`, a],
      [`${path}.b`, b],
    ];
  });
  return unflattenTree(Object.fromEntries(adapters));
}

/**
 * Merges adapters into the matrices of a model: `W + (A·B)·α/r`, rounded to float32 twice. All other parameters are the
 * base's own tensors.
 *
 * The base stays as it is, so the way back is the base itself, bit for bit: a sum in float32 cannot be taken back. What
 * is merged equals, bit for bit, what training computed with, on the same backend.
 *
 * @returns the parameters of the base with new tensors at the targets, which belong to the caller: see `disposeMerged`.
 * @source Hu et al. 2021, §4.1, https://arxiv.org/abs/2106.09685
 * @example const merged = mergeLora(parameters, adapters, lora);
 */
export function mergeLora(base: ParameterTree, adapters: ParameterTree, { rank, alpha, targets }: Lora): ParameterTree {
  const [leaves, low] = [flattenTree(base), flattenTree(adapters)];
  const merged = targets.map((path): [string, Tensor] => {
    const sum = tf.tidy(() => {
      const product = tf.matMul(low[`${path}.a`] as Tensor, low[`${path}.b`] as Tensor); // [I, O]
      return tf.add(leaves[path] as Tensor, tf.mul(product, alpha / rank));
    });
    return [path, sum];
  });
  return unflattenTree({ ...leaves, ...Object.fromEntries(merged) });
}

/** Disposes the tensors that `mergeLora` made, and none of the base. */
export function disposeMerged(merged: ParameterTree, { targets }: Pick<Lora, "targets">): void {
  const leaves = flattenTree(merged);
  tf.dispose(targets.map((path) => leaves[path] as Tensor));
}

/** The maps of layers. Tables and the head have adapters that see all, since their inputs are ids or meet the loss at once. */
const inLayers = /\.(layers|cross)\..*\.weight$/;

/**
 * Returns a model with its adapters merged, of which the maps know their adapters too, so that these do not see a random part of
 * the inputs: each one of each token is 0 with the rate's probability, else `1/(1 − p)` times itself.
 *
 * @source Hu et al. 2021, https://arxiv.org/abs/2106.09685, by `lora_dropout` of https://github.com/microsoft/LoRA
 */
function withDropping(
  merged: ParameterTree,
  adapters: ParameterTree,
  { targets, rank, alpha, dropout: rate = 0 }: Lora,
  seed: string,
): ParameterTree {
  const low = flattenTree(adapters);
  const dropped = targets
    .filter((path) => inLayers.test(path))
    .map((path): [string, ParameterTree] => {
      const [a, b] = [low[`${path}.a`] as Tensor2D, tf.mul(low[`${path}.b`] as Tensor2D, alpha / rank) as Tensor2D];
      const own = { rate, seed: hashWords(`${seed}/lora/${path}`)[0] };
      return [path.replace(/weight$/, "adapter"), droppedAdapter({ a, b }, own)];
    });
  return unflattenTree<Tensor>({ ...flattenTree(merged), ...Object.fromEntries(dropped) });
}

/**
 * The task of training adapters over a model that stays as it is: its parameters are the adapters alone. Dropout of the
 * adapters' inputs is for losses with a seed, those of training steps.
 *
 * @param task - of the model.
 * @param base - parameters of the model, which stay the caller's and must outlive the training.
 * @example const adapted = loraTask(task, parameters, resolveLora({ rank: 8 }, task.specs));
 */
export function loraTask(task: LanguageTask, base: ParameterTree, lora: Lora): LanguageTask {
  const specs = loraSpecs(task.specs, lora);
  return {
    specs,
    counts: (batch) => task.counts(batch),
    describe: () => ({ ...task.describe(), lora }),
    createParameters: (random) => createTree(specs, random),
    loss(adapters, batch, options = {}) {
      const { seed } = options;
      const merged = mergeLora(base, adapters, lora);
      const dropping = seed === undefined || !lora.dropout ? merged : withDropping(merged, adapters, lora, seed);
      return task.loss(dropping, batch, options);
    },
  };
}
