export { causal, causalPlugin } from "./architecture.ts";
export { causalSizes } from "./sizes.ts";
