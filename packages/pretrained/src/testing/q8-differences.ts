import { readFileSync } from "node:fs";
import { join } from "node:path";
import { logitsOf, packParameter } from "@trivium/model";
import {
  disposeTree,
  flattenTree,
  type ParameterTree,
  type Tensor,
  tf,
  unflattenTree,
  valueAndGradients,
} from "@trivium/tensor";
import { openForTest } from "./open-model.ts";

/** Values of a block of Q8_0. */
const BLOCK = 32;
/** Logits that are compared: the greatest ones. */
const COMPARED = 3;

/** A logit with weights in float32 and in q8, and the bound of their difference. */
export interface Q8Difference {
  readonly difference: number;
  readonly bound: number;
}

/**
 * Compares the greatest logits behind a checkpoint's first prompt with those of weights in q8.
 *
 * A weight moves by half a step of its block and, since a block's scale is a float16, by 2⁻¹¹ of itself; so a logit moves, to
 * first order, by at most the sum of these times its gradients. Factors, of 14 bits, lose less than a fiftieth of that.
 */
export async function q8Differences(folder: string): Promise<Q8Difference[]> {
  const { model, parameters, logits } = await openForTest(folder);
  const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as {
    cases: { promptIds: number[] }[];
  };
  const [{ promptIds }] = cases as [{ promptIds: number[] }];
  const tokens = promptIds.slice(0, 31);
  const exact = (await logits({ tokens })).at(-1) as number[];
  const leaves = Object.entries(flattenTree(parameters));
  const packed = Object.fromEntries(
    leaves.map(([path, one]) => [path, packParameter(path, one.clone(), "q8")] as const),
  );
  const from = unflattenTree<Tensor>(packed);
  const held = (await logits({ tokens }, { from })).at(-1) as number[];
  const greatest = exact.map((_, id) => id).sort((a, b) => (exact[b] as number) - (exact[a] as number));
  const row = { ids: Int32Array.from(tokens), lengths: [tokens.length], length: tokens.length };
  const input = { size: 1, streams: { tokens: row }, prefixLengths: [0] };
  const found = greatest.slice(0, COMPARED).map((id) => {
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.slice(logitsOf(model, parameters, input), [0, tokens.length - 1, id], [1, 1, 1])),
      parameters,
    );
    const slopes = flattenTree(gradients as ParameterTree);
    const bounds = leaves.map(([path, weight]) => {
      if (packed[path] instanceof tf.Tensor) return 0;
      return boundOf(weight, slopes[path] as Tensor, path.endsWith("embedding.weight"));
    });
    tf.dispose([value, ...Object.values(slopes)]);
    return {
      difference: Math.abs((held[id] as number) - (exact[id] as number)),
      bound: bounds.reduce((sum, one) => sum + one),
    };
  });
  for (const tree of [parameters, from]) disposeTree(tree);
  return found;
}

/** Sum of how far weights of blocks move, times gradients. @param byRows - blocks lie along the last axis, else the first. */
function boundOf(weight: Tensor, slope: Tensor, byRows: boolean): number {
  return tf.tidy(() => {
    const [own, slopes] = [weight, slope].map((x) => tf.reshape(byRows ? x : tf.transpose(x), [-1, BLOCK]));
    const magnitude = tf.abs(own as Tensor);
    const half = tf.div(tf.max(magnitude, 1, true), 2 * 127);
    const moved = tf.add(tf.mul(magnitude, 2 ** -11), half);
    return tf.sum(tf.mul(tf.abs(slopes as Tensor), moved)).dataSync()[0] as number;
  });
}
