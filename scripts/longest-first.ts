import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Test files that take longest, longest first: they start first, so that none of them keeps the other cores waiting at the end. */
export const longestFiles = ["packages/model/src/invariants.test.ts", "scripts/recipes/packed-packages.test.ts"];

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
