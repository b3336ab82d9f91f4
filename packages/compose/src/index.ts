export { type Composition, compose, composeOrThrow, type Parts, type Refusal } from "./compose.ts";
