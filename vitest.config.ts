import { defineConfig } from "vitest/config";

const conditions = ["@trivium/source", "node", "import", "default"];
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
};

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/**/src/**/*.test.ts", "scripts/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "recipe",
          include: ["packages/*/recipes/**/*.test.ts", "apps/**/recipes/**/*.test.ts", "docs/**/*.test.ts"],
          testTimeout: 600_000,
        },
      },
    ],
  },
});
