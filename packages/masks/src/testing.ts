export { type DescribeMaskOptions, describeMask, type MaskTest } from "./testing/describe-mask.ts";
