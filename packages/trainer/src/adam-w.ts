import { validateWith } from "@trivium/registry";
import { type AdamWTensors, adamWUpdate, flattenTree, type ParameterTree, type Tensor } from "@trivium/tensor";
import { z } from "zod";
import type { Optimizer, Trained, Update } from "./optimizer.ts";
import { type GroupNumbers, groupsSchema, parameterGroups } from "./parameter-groups.ts";
import { treeOf, zerosLike } from "./trees.ts";

export const adamWSchema = z.strictObject({
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  beta1: z.number().min(0).lt(1).default(0.9),
  /** Decay of the second moment, in [0, 1). Default 0.98, as for translation (Vaswani et al. 2017, §5.3). */
  beta2: z.number().min(0).lt(1).default(0.98),
  /** Added to √v̂. Default 1e-8. */
  epsilon: z.number().positive().default(1e-8),
  /** λ, per unit of learning rate. Default 0.01. */
  weightDecay: z.number().min(0).default(0.01),
  groups: groupsSchema,
});

/** Options of AdamW. */
export interface AdamWOptions extends z.input<typeof adamWSchema> {
  /**
   * Returns whether a parameter decays. Default: parameters of rank 2 and more decay. The size of biases and of the gains
   * of norms is no measure of complexity, so these stay. `() => true` lets all decay, as PyTorch does.
   *
   * Functions cannot be compared. `settings.decay` is `"matrices"` by default and `"custom"` for any other function, so
   * a resume notices a change from the default, but no change from one function to another.
   */
  readonly decay?: ((path: string, parameter: Tensor) => boolean) | undefined;
}

const isMatrix = (_path: string, parameter: Tensor): boolean => parameter.rank > 1;

/**
 * AdamW: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `p ← (1 − ηλ)p − η · m̂ / (√v̂ + ε)`, with the decay `λ` kept apart
 * from the gradient.
 *
 * @throws {ConfigError} `trainer/adam-w`, naming the option that is out of range.
 * @source Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101
 * @example adamW({ weightDecay: 0.1 }).settings.beta2 // => 0.98
 */
export function adamW({ decay = isMatrix, ...options }: AdamWOptions = {}): Optimizer {
  const numbers = validateWith(adamWSchema, options, { code: "trainer/adam-w", what: "adamW" });
  const groups = parameterGroups(numbers.weightDecay, numbers.groups);
  return {
    name: "adam-w",
    settings: { ...numbers, decay: decay === isMatrix ? "matrices" : "custom" },
    isElementwise: () => true,
    createState(parameters) {
      groups.assertFit(parameters);
      return { m: zerosLike(parameters), v: zerosLike(parameters) };
    },
    apply(trained, gradients, update) {
      const numbersOf = (path: string, leaf: Tensor) => groups.numbersOf(path, decay(path, leaf));
      return applyAdamW(trained, gradients, { ...numbers, ...update, numbersOf });
    },
  };
}

interface Settings extends Update, z.output<typeof adamWSchema> {
  readonly numbersOf: (path: string, parameter: Tensor) => GroupNumbers;
}

function applyAdamW({ parameters, state }: Trained, gradients: ParameterTree, settings: Settings): Trained {
  const { learningRate, beta1, beta2, epsilon, step, gradientScale, numbersOf } = settings;
  const correction = { correction1: 1 - beta1 ** step, correction2: 1 - beta2 ** step };
  const [ms, vs, gs] = [flattenTree(state.m!), flattenTree(state.v!), flattenTree(gradients)];
  const inputs = Object.entries(flattenTree(parameters)).map(([path, parameter]) => {
    const { rate, weightDecay } = numbersOf(path, parameter);
    return { path, parameter, gradient: gs[path]!, m: ms[path]!, v: vs[path]!, weightDecay, rate };
  });
  const byPath = new Map<string, AdamWTensors>();
  // All parameters of one rate are updated by one kernel.
  for (const [rate, same] of Map.groupBy(inputs, (input) => input.rate)) {
    const shared = { learningRate: learningRate * rate, beta1, beta2, epsilon, ...correction, gradientScale };
    adamWUpdate(same, shared).forEach((tensors, index) => void byPath.set(same[index]!.path, tensors));
  }
  const tree = (name: keyof AdamWTensors) =>
    treeOf(
      inputs.map(({ path }) => path),
      (path) => byPath.get(path)![name],
    );
  return { parameters: tree("parameter"), state: { m: tree("m"), v: tree("v") } };
}
