import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { opCases } from "../src/testing-cases.ts";

const packages = fileURLToPath(new URL("../..", import.meta.url));
const sources = globSync("*/src/**/*.ts", { cwd: packages }).filter(
  (path) => !/\.test(-d)?\.ts$|\/testing|\/generated\/|backend-/.test(path),
);

/** Functions of tfjs-core that are no ops: scopes, reading, registries; and those that only make tensors. */
const noOps = new Set(
  (
    "tidy dispose keep engine memory ready nextFrame backend getBackend setBackend findBackend findBackendFactory " +
    "getKernel getKernelsForBackend registerKernel unregisterKernel getGradient registerGradient unregisterGradient " +
    "customGrad variableGrads env Tensor tensor tensor1d tensor2d tensor3d tensor4d scalar zeros ones zerosLike onesLike"
  ).split(" "),
);

test("the conformance suite has a case for every op that the packages call", () => {
  const called = sources.flatMap((path) =>
    [...readFileSync(`${packages}/${path}`, "utf8").matchAll(/\btf\.((?:fused\.)?\w+)\(/g)].map(([, op]) => op!),
  );
  const covered = new Set(opCases.map(({ op }) => op));
  const missing = new Set(called.filter((op) => !noOps.has(op) && !covered.has(op)));
  expect(called.length).toBeGreaterThan(50);
  expect([...missing]).toEqual([]);
});
