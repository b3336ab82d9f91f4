import { describe, expect, test } from "vitest";
import { isAbsent } from "../contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { mlpContender } from "../contenders/mlp-contender.ts";
import { mlpWork } from "../mlp-work.ts";
import { jaxMlp } from "../peers/jax-mlp.ts";
import { tfjsPeer } from "../peers/tfjs-backends.ts";
import { quickly, runBench } from "../testing/run-bench.ts";

const sizes = ["--rows", "6", "--input", "3", "--hidden", "5", "--output", "2", "--threads", "1"];

test("a step of simd and of the peers is measured", async () => {
  const { measurements } = await runBench("mlp", ...sizes, "--peers", "jax-js,tfjs-cpu", ...quickly);
  expect(measurements.map(({ name }) => name)).toEqual(["trivium", "jax-js", "tfjs-cpu"]);
  for (const { gflops, stepSeconds } of measurements) {
    expect(gflops! * stepSeconds * 1e9).toBeCloseTo(2 * 6 * (2 * 3 * 5 + 3 * 5 * 2), 6);
  }
});

describe("every contender trains the same network", async () => {
  const work = mlpWork({ rows: 6, input: 3, hidden: 5, output: 2 });
  const [engine] = await createEngines({ precision: ["f32"], gemm: ["wasm"], threads: [1] });
  const tfjs = await tfjsPeer("tfjs-cpu");

  test.each([
    ["tfjs-cpu", isAbsent(tfjs) ? tfjs : await mlpContender(tfjs, work)],
    ["jax-js", await jaxMlp(work)],
  ])("%s", async (_, theirs) => {
    if (isAbsent(theirs)) throw new Error(theirs.reason);
    const ours = await mlpContender(engine!, work);
    const losses: number[] = [];
    for (const times of [1, 4, 5]) {
      await ours.run(times);
      await theirs.run(times);
      expect(ours.loss()).toBeCloseTo(theirs.loss(), 5);
      losses.push(ours.loss());
    }
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    await ours.close();
    await theirs.close();
  });
});
