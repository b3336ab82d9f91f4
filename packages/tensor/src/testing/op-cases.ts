import { comparisonCases } from "./cases/comparisons.ts";
import { elementwiseCases } from "./cases/elementwise.ts";
import { fusedCases } from "./cases/fused.ts";
import { matrixCases } from "./cases/matrix.ts";
import { reductionCases } from "./cases/reductions.ts";
import { shapeCases } from "./cases/shapes.ts";
import type { OpCase } from "./op-case.ts";

/** Every op that models, losses and optimisers use, at the shapes where kernels differ. */
export const opCases: readonly OpCase[] = [
  ...matrixCases,
  ...fusedCases,
  ...reductionCases,
  ...elementwiseCases,
  ...shapeCases,
  ...comparisonCases,
];
