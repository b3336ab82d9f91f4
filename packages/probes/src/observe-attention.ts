import { type AttentionKernel, type AttentionRequest, attentionWeights } from "@trivium/attention";
import { type Tensor4D, tf } from "@trivium/tensor";

/** One call of a kernel. */
export interface ObservedAttention {
  /** As the kernel got it. */
  readonly request: AttentionRequest;
  /** `[B, H, Q, K]`: the weights by the definition of attention, without dropout; gone when the observer returns. */
  readonly weights: Tensor4D;
}

/**
 * A kernel that does what another does, and lets its weights be seen: computed beside it by the definition, since fused
 * kernels never have them.
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
