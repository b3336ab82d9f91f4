import { blockwise, fused, reference } from "@trivium/attention";
import { describeKernel } from "@trivium/attention/testing";
import { simd } from "@trivium/backend-simd";

// On cpu the kernels are tested where they are written.
for (const kernel of [reference(), blockwise({ blockQueries: 5, blockKeys: 3 }), fused()]) {
  describeKernel(kernel, { label: "on simd", activate: () => simd.activate() });
}
