export { prefix, prefixPlugin } from "./architecture.ts";
export { prefixSizes } from "./sizes.ts";
