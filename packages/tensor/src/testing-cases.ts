/** The conformance suite without a test framework: what runs in a page and what measures capabilities. */
export { assertClose, assertThat, type Computed } from "./testing/assert-close.ts";
export type { BackendCase } from "./testing/backend-case.ts";
export { backendCases } from "./testing/backend-cases.ts";
export { type Capability, measureCapabilities, type Verdict } from "./testing/capabilities.ts";
export { at, elementwise, type Grid, grid, mapRows, reduce, reshaped, total } from "./testing/grid.ts";
export { booleans, drawInput, exactly, floats, type Input, integers, toTensor } from "./testing/input.ts";
export { checkForward, checkGradient, differentiable, nameOf, type OpCase, opCase } from "./testing/op-case.ts";
export { opCases } from "./testing/op-cases.ts";
export { type Precision, type Tolerance, toleranceOf } from "./testing/tolerances.ts";
