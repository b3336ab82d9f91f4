import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Test files that take longest, longest first: they start first, so that none of them keeps the other cores waiting at the end. */
export const longestFiles = [
  "scripts/recipes/packed-packages.test.ts",
  "apps/browser-tests/recipes/playground.test.ts",
  "apps/cli/recipes/train.test.ts",
  "apps/browser-tests/recipes/training.test.ts",
  "apps/cli/recipes/claims.test.ts",
  "apps/browser-tests/recipes/claims-report.test.ts",
  "apps/browser-tests/recipes/capabilities.test.ts",
  "scripts/recipes/new.test.ts",
  "packages/backend-simd/recipes/tfjs-specs.test.ts",
  "apps/cli/recipes/compare.test.ts",
  "packages/model/src/invariants.test.ts",
  "apps/cli/recipes/shipped-claims.test.ts",
  "apps/browser-tests/recipes/threads.test.ts",
  "scripts/recipes/docstring-examples.test.ts",
  "apps/cli/recipes/tfjs-node.test.ts",
  "scripts/recipes/readme-install.test.ts",
  "packages/model/src/merged-attention.test.ts",
  "scripts/recipes/readme-examples.test.ts",
  "packages/attention/src/blockwise.test.ts",
  "apps/bench/recipes/training-step.test.ts",
  "packages/claims/src/in-context/published-experiment.test.ts",
  "packages/backend-simd/src/gemm/providers.test.ts",
  "apps/cli/recipes/kill.test.ts",
  "packages/generate/src/beam.test.ts",
  "apps/cli/recipes/pretrained.test.ts",
  "packages/backend-simd/src/threads/same-bits.test.ts",
];

/** Starts the files that take longest first, and the others as Vitest does: recipes, then unit tests, large files first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const at = longestFiles.indexOf(relative(project.config.root, moduleId).replaceAll("\\", "/"));
      return at < 0 ? longestFiles.length : at;
    };
    return (await super.sort(files)).toSorted((one, two) => rank(one) - rank(two));
  }
}
