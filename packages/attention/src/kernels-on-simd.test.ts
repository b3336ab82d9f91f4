import { simd } from "@trivium/backend-simd";
import { blockwise } from "./blockwise.ts";
import { fused } from "./fused.ts";
import { reference } from "./reference.ts";
import { describeKernel } from "./testing.ts";

// On cpu the kernels are tested where they are written.
for (const kernel of [reference(), blockwise({ blockQueries: 5, blockKeys: 3 }), fused()]) {
  describeKernel(kernel, { label: "on simd", activate: () => simd.activate() });
}
