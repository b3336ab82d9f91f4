import { defineConfig } from "vitest/config";
import { shared } from "./vitest.config.ts";

/** `pnpm check:long`: the long form of the tests that have one. */
export default defineConfig({
  ...shared,
  test: {
    include: [
      "scripts/recipes/{packed-packages,readme-examples}.test.ts",
      "apps/cli/recipes/{kill,shipped-claims}.test.ts",
      "apps/cli/recipes/{launch,ranks,two-machines}.test.ts",
      "apps/cli/recipes/two-hours.long.test.ts",
      "apps/bench/recipes/resident-memory.test.ts",
      "apps/browser-tests/recipes/training.test.ts",
      "apps/browser-tests/recipes/playground.test.ts",
      "packages/attention/src/kernels-on-webgpu.test.ts",
      "packages/backend-webgpu/src/webgpu-fused.test.ts",
      "apps/browser-tests/recipes/gpu-kernels.test.ts",
      "packages/claims/src/in-context/published-experiment.test.ts",
      "packages/compose/src/fit-memory.test.ts",
      "packages/model/src/invariants.test.ts",
      "packages/presets/src/ranks.test.ts",
      "packages/pretrained/src/mutations.test.ts",
      "packages/model/src/memory.test.ts",
      "packages/objectives/src/{masking,middles,mixture,noises,spans,ul2}.test.ts",
    ],
    env: { TRIVIUM_LONG: "1" },
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
