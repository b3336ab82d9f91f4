import { validateWith } from "@trivium/registry";
import { flattenTree, type ParameterTree, type Tensor, type Tensor3D, tf, unflattenTree } from "@trivium/tensor";
import { z } from "zod";
import { adamW, adamWSchema } from "./adam-w.ts";
import type { Optimizer, Update } from "./optimizer.ts";
import { orthogonalize } from "./orthogonalize.ts";
import { type GroupNumbers, type ParameterGroups, parameterGroups } from "./parameter-groups.ts";
import { partition, treeOf, zerosLike } from "./trees.ts";

export const muonSchema = adamWSchema.extend({
  /** μ, in [0, 1). Default 0.95. */
  momentum: z.number().min(0).lt(1).default(0.95),
});

/** Options of Muon, and of AdamW for every parameter that is no matrix of a layer. Both use the same weight decay. */
export interface MuonOptions extends z.input<typeof muonSchema> {
  /**
   * Returns whether a matrix follows Muon, by its path. Default: the matrices of layers do. The rows of embeddings, heads
   * and tables of positions are not used alike, so these follow AdamW. Like AdamW's `decay`, `settings.hidden` only tells
   * the default from any other function.
   */
  readonly hidden?: ((path: string) => boolean) | undefined;
}

const isOfLayer = (path: string): boolean => /(^|\.)layers\./.test(path);

/**
 * Muon for the matrices of layers, AdamW for everything else: `m ← μm + g`, `p ← (1 − ηλ)p − 0.2η·√max(rows, columns) · O`,
 * where `O` is `g + μm` with all its singular values brought near 1. The factor makes updates as large as AdamW's, so that
 * one learning rate serves both.
 *
 * @throws {ConfigError} `trainer/muon`, naming the option that is out of range.
 * @source Jordan et al. 2024, https://kellerjordan.github.io/posts/muon; the factor: Liu et al. 2025, §2.2, https://arxiv.org/abs/2502.16982
 * @example muon({ weightDecay: 0.1 }).settings.momentum // => 0.95
 */
export function muon({ hidden = isOfLayer, ...options }: MuonOptions = {}): Optimizer {
  const numbers = validateWith(muonSchema, options, { code: "trainer/muon", what: "muon" });
  const { momentum, ...forRest } = numbers;
  // Patterns may fit matrices alone, which AdamW does not see.
  const groups = parameterGroups(numbers.weightDecay, numbers.groups);
  const rest = adamW(forRest);
  const isMatrix = (path: string, shape: readonly number[]) => shape.length === 2 && hidden(path);
  const split = (tree: ParameterTree) => partition(tree, (path, { shape }) => isMatrix(path, shape));
  return {
    name: "muon",
    settings: { ...numbers, hidden: hidden === isOfLayer ? "layers" : "custom" },
    isElementwise: (path, shape) => !isMatrix(path, shape),
    floats(shapes) {
      const matrices: Record<string, number> = {};
      let total = 0;
      for (const [path, shape] of Object.entries(shapes)) {
        const size = shape.reduce((product, side) => product * side, 1);
        total += size;
        if (isMatrix(path, shape)) matrices[`${shape}`] = (matrices[`${shape}`] ?? 0) + size;
      }
      const sizes = Object.values(matrices);
      const ofMatrices = sizes.reduce((sum, size) => sum + size, 0);
      // New matrices beside the old ones, and the rounds of those of one shape.
      return { state: 2 * total - ofMatrices, update: 2 * ofMatrices + ROUND_COPIES * Math.max(0, ...sizes) };
    },
    createState(parameters) {
      groups.assertFit(parameters);
      const [matrices, others] = split(parameters);
      return { momentum: zerosLike(matrices), m: zerosLike(others), v: zerosLike(others) };
    },
    apply({ parameters, state }, gradients, update) {
      const [[matrices, others], [slopes, otherSlopes]] = [split(parameters), split(gradients)];
      // A checkpoint has no trees without leaves.
      const { momentum: moments = {}, ...adamState } = state;
      const turned = applyMuon(matrices, { moments, slopes }, { ...numbers, ...update, groups });
      const adapted = rest.apply({ parameters: others, state: adamState }, otherSlopes, update);
      return {
        parameters: joined(parameters, turned.parameters, adapted.parameters),
        state: { momentum: turned.moments, ...adapted.state },
      };
    },
  };
}

/** Copies of matrices that an update holds while it brings their singular values near 1. */
const ROUND_COPIES = 17;

/** Keeps the order of the old tree, so that a saved tree does not show the difference. */
function joined(order: ParameterTree, ...trees: readonly ParameterTree[]): ParameterTree {
  const leaves = Object.assign({}, ...trees.map((tree) => flattenTree(tree))) as Record<string, Tensor>;
  return treeOf(Object.keys(flattenTree(order)), (path) => leaves[path]!);
}

type Settings = Update & Omit<z.output<typeof muonSchema>, "groups"> & { readonly groups: ParameterGroups };

function applyMuon(
  parameters: ParameterTree,
  { moments, slopes }: Readonly<Record<"moments" | "slopes", ParameterTree>>,
  settings: Settings,
) {
  const [ps, ms, gs] = [flattenTree(parameters), flattenTree(moments), flattenTree(slopes)];
  const nextPs: Record<string, Tensor> = {};
  const nextMs: Record<string, Tensor> = {};
  for (const { paths, numbers } of alike(ps, settings.groups)) {
    const stacked = (leaves: Record<string, Tensor>) => tf.stack(paths.map((path) => leaves[path]!)) as Tensor3D;
    const [p, m] = tf.tidy(() => {
      const { parameter, moment } = updated([stacked(ps), stacked(ms), stacked(gs)], settings, numbers);
      return [tf.unstack(parameter), tf.unstack(moment)];
    }) as [Tensor[], Tensor[]];
    paths.forEach((path, at) => {
      nextPs[path] = p[at]!;
      nextMs[path] = m[at]!;
    });
  }
  tf.dispose([ps, ms, gs]);
  return { parameters: unflattenTree(nextPs), moments: unflattenTree(nextMs) };
}

/** Groups matrices of one shape and with the same numbers, since these are multiplied together. */
function alike(parameters: Readonly<Record<string, Tensor>>, groups: ParameterGroups) {
  const all = Object.entries(parameters).map(([path, { shape }]) => ({
    path,
    shape,
    numbers: groups.numbersOf(path, true),
  }));
  const grouped = Map.groupBy(all, ({ shape, numbers }) => JSON.stringify([shape, numbers]));
  return [...grouped.values()].map((same) => ({ paths: same.map(({ path }) => path), numbers: same[0]!.numbers }));
}

/** Updates matrices `[N, rows, columns]`: parameters, moments and gradients. */
function updated(
  [p, m, g]: readonly [Tensor3D, Tensor3D, Tensor3D],
  { momentum, learningRate: base, gradientScale }: Settings,
  { weightDecay, rate: factor }: GroupNumbers,
) {
  const learningRate = base * factor;
  const scaled = tf.mul(g, gradientScale);
  const moment = tf.add(tf.mul(m, momentum), scaled) as Tensor3D;
  const direction = orthogonalize(tf.add(scaled, tf.mul(moment, momentum)));
  const rate = learningRate * 0.2 * Math.sqrt(Math.max(p.shape[1], p.shape[2]));
  const parameter = tf.sub(tf.mul(p, 1 - learningRate * weightDecay), tf.mul(direction, rate));
  return { parameter, moment };
}
