export {
  attentionGradientsInFloat64,
  attentionInFloat64,
  type GradientsInFloat64,
  type PlainRequest,
} from "./testing/attention-in-float64.ts";
export { type DescribeKernelOptions, describeKernel } from "./testing/describe-kernel.ts";
export { linearAttentionInFloat64, type PlainLinearRequest } from "./testing/linear-attention-in-float64.ts";
export * from "./testing-cases.ts";
