import { flattenTree, type ParameterTree, pathMatcher, pathsAbove, selectPaths } from "@trivium/tensor";
import { z } from "zod";

const patterns = z.string().or(z.array(z.string()));

export const groupsSchema = z
  .array(
    z.strictObject({
      /** A pattern of paths, or several, as `selectPaths` takes them: `"**.bias"`, `"embedding"`. */
      match: patterns,
      /** Weight decay of these parameters. Default: that of the optimiser, for those that decay. */
      weightDecay: z.number().min(0).optional(),
      /** Factor of the learning rate. Default 1. */
      rate: z.number().min(0).optional(),
    }),
  )
  .optional();

/** Parameters with numbers of their own. The first group that fits a parameter is its group. */
export type ParameterGroup = NonNullable<z.input<typeof groupsSchema>>[number];

/** The numbers of a parameter. */
export interface GroupNumbers {
  readonly weightDecay: number;
  /** Factor of the learning rate. */
  readonly rate: number;
}

/** The groups of an optimiser. */
export interface ParameterGroups {
  /** Returns the numbers of a parameter that decays or does not where no group says otherwise. */
  numbersOf(path: string, decays: boolean): GroupNumbers;
  /** @throws {ConfigError} `tensor/pattern` if a pattern fits no parameter. */
  assertFit(parameters: ParameterTree): void;
}

/**
 * Reads the groups of an optimiser.
 *
 * @throws {ConfigError} `tensor/pattern` for a pattern that is none.
 */
export function parameterGroups(weightDecay: number, groups: readonly ParameterGroup[] = []): ParameterGroups {
  const all = groups.map((group) => {
    const matches = pathMatcher([group.match].flat());
    return { ...group, fits: (path: string) => [path, ...pathsAbove(path)].some(matches) };
  });
  return {
    numbersOf(path, decays) {
      const { weightDecay: own = decays ? weightDecay : 0, rate = 1 } = all.find(({ fits }) => fits(path)) ?? {};
      return { weightDecay: own, rate };
    },
    assertFit(parameters) {
      const paths = Object.keys(flattenTree(parameters));
      for (const { match } of all) selectPaths([match].flat(), paths);
    },
  };
}
