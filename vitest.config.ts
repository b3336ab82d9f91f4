import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/longest-first.ts";

// Compiled code and stripped types are kept for every process that a test starts, and for those of Vitest itself.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules/.cache/node-compile");

const conditions = ["@trivium/source", "node", "import", "default"];
/** How every project finds the sources of the packages. */
export const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

export default defineConfig({
  ...shared,
  test: {
    // Most recipes wait for a process of their own; Vitest would leave one core to itself, half of two.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/**/src/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["scripts/recipes/**", "**/node_modules/**"],
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "recipe",
          include: ["{packages,apps}/**/recipes/**/*.test.ts", "scripts/recipes/**/*.test.ts"],
          exclude: ["**/*.long.test.ts", "**/node_modules/**"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          // What a page does is waited for as long as elements of it are.
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
