import { validateWith } from "@trivium/registry";
import {
  flattenTree,
  mapTree,
  type ParameterTree,
  type Tensor,
  type Tensor3D,
  tf,
  unflattenTree,
} from "@trivium/tensor";
import { z } from "zod";
import { type AdamWOptions, adamW, adamWSchema } from "./adam-w.ts";
import type { Optimizer, Update } from "./optimizer.ts";
import { orthogonalize } from "./orthogonalize.ts";

export const muonSchema = adamWSchema.extend({ momentum: z.number().min(0).lt(1).default(0.95) });

/** Options of Muon, and of AdamW for every parameter that is no matrix of a layer. Both use the same weight decay. */
export interface MuonOptions extends Omit<AdamWOptions, "decay"> {
  /** μ, in [0, 1). Default 0.95. */
  readonly momentum?: number | undefined;
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
  const rest = adamW(forRest);
  return {
    name: "muon",
    settings: { ...numbers, hidden: hidden === isOfLayer ? "layers" : "custom" },
    isElementwise: (path, shape) => !isMatrix(path, shape, hidden),
    floats(shapes) {
      const [matrices, all] = [new Map<string, number>(), Object.entries(shapes)];
      for (const [path, shape] of all)
        if (isMatrix(path, shape, hidden)) matrices.set(`${shape}`, (matrices.get(`${shape}`) ?? 0) + sizeOf(shape));
      const ofMatrices = [...matrices.values()].reduce((sum, size) => sum + size, 0);
      const total = all.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
      return {
        state: 2 * total - ofMatrices,
        // New matrices beside the old ones, and the rounds of those of one shape.
        update: 2 * ofMatrices + ROUND_COPIES * Math.max(0, ...matrices.values()),
      };
    },
    createState(parameters) {
      const { matrices, others } = split(parameters, hidden);
      return { momentum: mapTree(matrices, (leaf) => tf.zeros(leaf.shape)), ...rest.createState(others) };
    },
    apply({ parameters, state }, gradients, update) {
      const [own, slopes] = [split(parameters, hidden), split(gradients, hidden)];
      // A checkpoint has no trees without leaves.
      const { momentum: moments = {}, ...others } = state;
      const matrices = applyMuon(own.matrices, moments, slopes.matrices, { ...numbers, ...update });
      const adapted = rest.apply({ parameters: own.others, state: others }, slopes.others, update);
      return {
        parameters: joined(parameters, matrices.parameters, adapted.parameters),
        state: { momentum: matrices.moments, ...adapted.state },
      };
    },
  };
}

/** Copies of matrices that an update holds while it brings their singular values near 1. */
const ROUND_COPIES = 17;

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);

const isMatrix = (path: string, shape: readonly number[], hidden: (path: string) => boolean): boolean =>
  shape.length === 2 && hidden(path);

function split(tree: ParameterTree, hidden: (path: string) => boolean): Record<"matrices" | "others", ParameterTree> {
  const leaves = Object.entries(flattenTree(tree));
  const of = (wanted: boolean) =>
    unflattenTree(Object.fromEntries(leaves.filter(([path, { shape }]) => isMatrix(path, shape, hidden) === wanted)));
  return { matrices: of(true), others: of(false) };
}

/** Keeps the order of the old tree, so that a saved tree does not show the difference. */
function joined(order: ParameterTree, ...trees: readonly ParameterTree[]): ParameterTree {
  const leaves = Object.assign({}, ...trees.map((tree) => flattenTree(tree))) as Record<string, Tensor>;
  return unflattenTree(Object.fromEntries(Object.keys(flattenTree(order)).map((path) => [path, leaves[path]!])));
}

type Settings = Update & z.output<typeof muonSchema>;

function applyMuon(parameters: ParameterTree, moments: ParameterTree, gradients: ParameterTree, settings: Settings) {
  const [ps, ms, gs] = [flattenTree(parameters), flattenTree(moments), flattenTree(gradients)];
  const nextPs: Record<string, Tensor> = {};
  const nextMs: Record<string, Tensor> = {};
  for (const paths of byShape(ps)) {
    const stacked = (leaves: Record<string, Tensor>) => tf.stack(paths.map((path) => leaves[path]!)) as Tensor3D;
    const [p, m] = tf.tidy(() => {
      const { parameter, moment } = updated(stacked(ps), stacked(ms), stacked(gs), settings);
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

/** Groups the paths by shape, since matrices of one shape are multiplied together. */
function byShape(parameters: Readonly<Record<string, Tensor>>): string[][] {
  const groups = new Map<string, string[]>();
  for (const [path, { shape }] of Object.entries(parameters)) {
    const key = shape.join("×");
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  return [...groups.values()];
}

/** Updates matrices `[N, rows, columns]`. */
function updated(p: Tensor3D, m: Tensor3D, g: Tensor3D, settings: Settings) {
  const { momentum, weightDecay, learningRate, gradientScale } = settings;
  const scaled = tf.mul(g, gradientScale);
  const moment = tf.add(tf.mul(m, momentum), scaled) as Tensor3D;
  const direction = orthogonalize(tf.add(scaled, tf.mul(moment, momentum)));
  const rate = learningRate * 0.2 * Math.sqrt(Math.max(p.shape[1], p.shape[2]));
  const parameter = tf.sub(tf.mul(p, 1 - learningRate * weightDecay), tf.mul(direction, rate));
  return { parameter, moment };
}
