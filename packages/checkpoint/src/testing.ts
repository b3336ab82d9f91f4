export { mutate } from "./testing/mutate.ts";
