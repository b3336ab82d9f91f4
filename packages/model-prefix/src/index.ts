export { prefix, prefixPlugin } from "./architecture.ts";
