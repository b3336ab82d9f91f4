export type { BenchHost, BenchOutput } from "./bench-command.ts";
export { addBenchmarks } from "./bench-program.ts";
export { type Measurement, measurementSchema } from "./measurement.ts";
