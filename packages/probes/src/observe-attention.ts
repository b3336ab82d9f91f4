import { type AttentionKernel, type AttentionRequest, attentionWeights } from "@trivium/attention";
import { type Tensor4D, tf } from "@trivium/tensor";

/** One call of an attention kernel with its weights. */
export interface ObservedAttention {
  /** The request that the kernel received. */
  readonly request: AttentionRequest;
  /** `[B, H, Q, K]`: the weights by the definition of attention, without dropout; gone when the observer returns. */
  readonly weights: Tensor4D;
}

/**
 * Returns a kernel that computes the same as the given one and shows the weights of each call to an observer. The
 * weights are computed beside the kernel by the definition of attention, since fused kernels never hold them.
 *
 * @example observeAttention(fused(), ({ weights }) => entropies.push(entropyOf(weights)))
 */
export function observeAttention(
  kernel: AttentionKernel,
  observe: (observed: ObservedAttention) => void,
): AttentionKernel {
  return {
    name: kernel.name,
    supports: (needs) => kernel.supports(needs),
    // Without `attendProjected` every request comes this way, with its heads apart.
    attend(request) {
      tf.tidy(() => observe({ request, weights: attentionWeights(request) }));
      return kernel.attend(request);
    },
  };
}
