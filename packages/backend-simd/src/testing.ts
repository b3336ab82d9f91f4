export { type DescribeGemmOptions, describeGemmProvider, type GemmTest } from "./testing/describe-gemm-provider.ts";
