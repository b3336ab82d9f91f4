export { type DescribeBackendOptions, describeBackend, type Exemption } from "./testing/describe-backend.ts";
export * from "./testing-cases.ts";
