export { collectiveChecks } from "./testing/collective-checks.ts";
export { type DescribeCollectiveOptions, describeCollective } from "./testing/describe-collective.ts";
