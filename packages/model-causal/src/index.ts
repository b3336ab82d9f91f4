export { causal, causalPlugin } from "./architecture.ts";
