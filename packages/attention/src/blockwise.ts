import { ConfigError } from "@trivium/core";
import { type Tensor, type Tensor4D, tf } from "@trivium/tensor";
import { attendOddKeys, hasOddKeys } from "./attend-odd-keys.ts";
import type { AttentionBias, AttentionKernel, AttentionRequest } from "./attention-kernel.ts";
import { type AttentionShape, attentionScale, attentionShape } from "./attention-shape.ts";
import { type BlockSizes, blockPlan } from "./block-plan.ts";
import { attendBackward } from "./blockwise-backward.ts";
import { attendForward } from "./blockwise-forward.ts";
import type { BlockwiseProblem } from "./blockwise-scores.ts";

export type BlockwiseOptions = Partial<BlockSizes>;

/**
 * The blockwise kernel: softmax block by block with a running maximum and sum, so that the matrix of Q×K never exists.
 *
 * Memory is O(Q · block) for each row and head, in the backward pass too: it keeps the output and the log-sum-exp of each
 * query and computes the probabilities again. Blocks that the mask classifies `"none"` are skipped; in those it
 * classifies `"all"` it is not asked. Grouped keys and values are not repeated.
 *
 * @param options.blockQueries - queries in a block. Default 128.
 * @param options.blockKeys - keys in a block. Default 128.
 * @throws {ConfigError} `attention/block-size` if a block is not a positive integer.
 * @source online softmax: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867; backward by recomputation: Dao et
 *   al. 2022, appendix B, https://arxiv.org/abs/2205.14135
 * @example blockwise({ blockKeys: 64 }).attend({ query, key, value, mask: causal() }).shape // => [1, 2, 4, 8]
 */
export function blockwise({ blockQueries = 128, blockKeys = 128 }: BlockwiseOptions = {}): AttentionKernel {
  for (const [name, size] of Object.entries({ blockQueries, blockKeys })) {
    if (!Number.isInteger(size) || size < 1) {
      throw new ConfigError("attention/block-size", `${name} should be a positive integer, got ${size}`);
    }
  }
  return {
    name: "blockwise",
    supports: () => true,
    attend(request) {
      const shape = attentionShape(request);
      const sizes = { blockQueries, blockKeys };
      return tf.tidy(() =>
        hasOddKeys(request) ? attendOddKeys(request, shape) : attendBlockwise(request, shape, sizes),
      );
    },
  };
}

function attendBlockwise(request: AttentionRequest, shape: AttentionShape, sizes: BlockSizes): Tensor4D {
  const { query, key, value, mask, bias, dropout, softCap } = request;
  const plan = blockPlan(mask, shape, sizes);
  const scale = attentionScale(request, shape);
  const problem = (tensors: readonly Tensor[]): BlockwiseProblem => {
    const [query, key, value, biasTensor] = tensors as [Tensor4D, Tensor4D, Tensor4D, Tensor?];
    const ofBias = bias && withTensor(bias, biasTensor);
    return { query, key, value, mask, shape, scale, softCap, plan, dropout, bias: ofBias };
  };
  const inputs = [query, key, value, ...tensorOf(bias)];
  const attend = tf.customGrad((...inputsAndSave) => {
    const save = inputsAndSave.at(-1) as (tensors: Tensor[]) => void;
    const tensors = inputsAndSave.slice(0, -1) as Tensor[];
    const { output, logSumExp } = attendForward(problem(tensors));
    save([output, logSumExp, ...tensors]);
    return {
      value: output,
      gradFunc: (gradient, saved) => {
        const [output, logSumExp, ...tensors] = saved as [Tensor4D, Tensor4D, ...Tensor[]];
        return attendBackward(problem(tensors), { output, logSumExp, gradient: gradient as Tensor4D });
      },
    };
  });
  return attend(...inputs) as Tensor4D;
}

/** The tensor of a bias that gradients flow to. */
function tensorOf(bias: AttentionBias | undefined): Tensor[] {
  if (bias?.kind === "dense") return [bias.values];
  return bias?.kind === "relative" ? [bias.table] : [];
}

/** The same bias around another tensor: the one that the tape saved. */
function withTensor(bias: AttentionBias, tensor: Tensor | undefined): AttentionBias {
  if (bias.kind === "dense") return { ...bias, values: tensor as Tensor4D };
  return bias.kind === "relative" ? { ...bias, table: tensor as typeof bias.table } : bias;
}
