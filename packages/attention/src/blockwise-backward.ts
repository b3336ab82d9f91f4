import { type Tensor, type Tensor4D, tf } from "@trivium/tensor";
import { biasGradients } from "./bias-gradients.ts";
import { blockDropout } from "./block-dropout.ts";
import type { PlannedBlock } from "./block-plan.ts";
import type { Attended } from "./blockwise-forward.ts";
import {
  type BlockwiseProblem,
  blockLogits,
  groupHeads,
  hide,
  slicePositions,
  ungroupHeads,
} from "./blockwise-scores.ts";

/**
 * The gradients of query, key, value and the bias's tensor if it has one, in this order. With `P` the probabilities,
 * `Z` the dropout factors and `∘` the elementwise product: `dV = (P∘Z)ᵀ·dO`, `dP = (dO·Vᵀ)∘Z`,
 * `dS = P∘(dP − Σ dO∘O)`, `dQ = dS·K·scale`, `dK = dSᵀ·Q·scale`. Under a soft cap c, what of
 * `dS` reaches a product whose capped logit is s is `dS·(1 − (s/c)²)`.
 */
export function attendBackward(problem: BlockwiseProblem, results: Attended & { gradient: Tensor4D }): Tensor[] {
  const { plan, shape } = problem;
  const bias = biasGradients(problem);
  const queries: Tensor4D[] = [];
  const keys = zerosPerBlock(problem);
  const values = zerosPerBlock(problem);
  plan.queryBlocks.forEach((planned, queryBlock) => {
    const context = tf.tidy(() => queryBlockOf(problem, results, planned.queries));
    let query = tf.zerosLike(slicePositions(problem.query, planned.queries));
    for (const block of planned.visits) {
      const gradients = tf.tidy(() => blockGradients(problem, context, block));
      query = addTo(query, gradients.query);
      keys[block.keyBlock] = addTo(keys[block.keyBlock]!, gradients.key);
      values[block.keyBlock] = addTo(values[block.keyBlock]!, gradients.value);
      bias.add(gradients.logits, block, queryBlock);
      tf.dispose(gradients);
    }
    queries.push(query);
    tf.dispose(context);
  });
  const join = (blocks: Tensor4D[], length: number): Tensor4D =>
    blocks.length === 0 ? tf.zeros([shape.B, shape.G, length, shape.D]) : tf.concat(blocks, 2);
  return [join(queries, shape.Q), join(keys, shape.K), join(values, shape.K), ...bias.total()];
}

function zerosPerBlock({ plan, shape: { B, G, D } }: BlockwiseProblem): Tensor4D[] {
  return plan.keyBlocks.map(({ start, end }) => tf.zeros([B, G, end - start, D]));
}

/** The sum; the first term is consumed. */
function addTo(total: Tensor4D, term: Tensor4D): Tensor4D {
  const sum = tf.add(total, term) as Tensor4D;
  total.dispose();
  return sum;
}

/** The part of one query block that meets each of its key blocks. */
function queryBlockOf(
  { query, shape, scale }: BlockwiseProblem,
  { output, logSumExp, gradient }: Attended & { gradient: Tensor4D },
  queries: PlannedBlock["queries"],
) {
  const own = slicePositions(gradient, queries);
  return {
    query: groupHeads(tf.mul(slicePositions(query, queries), scale), shape), // [B, G, H/G · q, D]
    logSumExp: slicePositions(logSumExp, queries), // [B, H, q, 1]
    gradient: groupHeads(own, shape), // [B, G, H/G · q, D]
    // Σ gradient · output, which is Σ over keys of probability · its gradient.
    correction: tf.sum(tf.mul(own, slicePositions(output, queries)), 3, true) as Tensor4D, // [B, H, q, 1]
  };
}

function blockGradients(problem: BlockwiseProblem, context: ReturnType<typeof queryBlockOf>, block: PlannedBlock) {
  const { shape, dropout, scale, softCap } = problem;
  const [key, value] = [slicePositions(problem.key, block.keys), slicePositions(problem.value, block.keys)];
  const { logits, capped, visible } = blockLogits(problem, context.query, block);
  const probabilities = tf.exp(hide(tf.sub(logits, context.logSumExp), visible)) as Tensor4D; // [B, H, q, k]
  const factors = dropout && blockDropout(dropout, shape, block);
  const kept = factors ? tf.mul(probabilities, factors) : probabilities;
  const reaching = ungroupHeads(tf.matMul(context.gradient, value, false, true), shape);
  const ofProbabilities = factors ? tf.mul(reaching, factors) : reaching;
  const ofLogits = tf.mul(probabilities, tf.sub(ofProbabilities, context.correction)) as Tensor4D;
  const ofScores =
    softCap === undefined ? ofLogits : tf.mul<Tensor4D>(ofLogits, tf.sub(1, tf.square(tf.div(capped, softCap))));
  const grouped = groupHeads(ofScores, shape);
  return {
    query: tf.mul<Tensor4D>(ungroupHeads(tf.matMul(grouped, key), shape), scale),
    key: tf.matMul<Tensor4D>(grouped, context.query, true, false),
    value: tf.matMul<Tensor4D>(groupHeads(kept as Tensor4D, shape), context.gradient, true, false),
    logits: ofLogits, // [B, H, q, k]
  };
}
