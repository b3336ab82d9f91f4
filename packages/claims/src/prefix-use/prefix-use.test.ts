import "@tensorflow/tfjs-backend-cpu";
import { createDataset } from "@trivium/data";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import type { ArmContext, ArmResult, ClaimArm, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { inContextLearning } from "../in-context-learning/in-context-learning.ts";
import { trainedArm } from "../testing/trained-arm.ts";
import { withoutData } from "../testing/without-data.ts";
import { inContextArm } from "../trained/in-context-arm.ts";
import { type MaskSwitched, switchedArm } from "./mask-switch.ts";
import { prefixUse } from "./prefix-use.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

function results(causalError: number): ArmResult[] {
  const nats = (loss: number) => Array.from({ length: 40 }, () => 4 * loss);
  return prefixUse()
    .plan(request)
    .map(({ name }) => {
      if (name.includes("then prefix"))
        return trainedArm(name, 1.1, { probe: { switched: nats(2), adapted: nats(1), continued: nats(1.25) } });
      if (!name.includes("in context")) return trainedArm(name, 1);
      const error = name.startsWith("causal") ? causalError : 0.2;
      const errors = Array.from({ length: 50 }, (_, at) => error + at * 1e-6);
      return { name, configuration: {}, numbers: { parameters: 5, errors } };
    });
}

test.each([
  ["supported", 0.4],
  ["contradicted", 0.1],
  ["not supported", 0.2],
] as const)("it is %s by the error in context", (verdict, error) => {
  const { effects, tables } = prefixUse().analyse(results(error), request);
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo(Math.log(error / 0.2), 3);
  const [, difference, , saved, ...ofSwitch] = effects.map(({ estimate }) => estimate);
  expect(difference).toBeCloseTo(error - 0.2, 6);
  expect(saved).toBeCloseTo(1 - 0.2 / error, 3);
  expect(ofSwitch.map((value) => Number(value.toFixed(6)))).toEqual([-0.9, 0.25, 0, -0.25]);
  expect(tables[1]?.rows[0]?.slice(1)).toEqual([1.1, 2, 1, 1.25, 1, 1]);
});

test("plans are equal, and arms in context differ by architecture and seed alone", () => {
  const plan = () => prefixUse().plan(request);
  expect(JSON.stringify(plan())).toBe(JSON.stringify(plan()));
  const arms = plan().filter(({ name }) => name.includes("in context"));
  const rest = arms.map(({ configuration: { architecture, seed, ...same } }) => JSON.stringify(same));
  expect([arms.length, new Set(rest).size]).toEqual([6, 1]);
});

test.each(["quick", "full"] as const)("%s arms in context are those of in-context-learning", (preset) => {
  const configurations = (plan: readonly ClaimArm[]) => plan.map(({ configuration }) => JSON.stringify(configuration));
  const others = new Set(configurations(inContextLearning().plan({ ...request, preset })));
  const shared = configurations(prefixUse().plan({ ...request, preset })).filter((one) => others.has(one));
  expect(shared).toHaveLength(6);
});

const pairs = Array.from({ length: 27 }, (_, at) => {
  const source = [at % 3, Math.floor(at / 3) % 3, Math.floor(at / 9)].map((one) => "abc"[one]).join("");
  return { source, target: [...source].reverse().join("") };
});
const context: ArmContext = {
  ...withoutData,
  dataset: async () =>
    createDataset({
      name: "reversals",
      train: pairs.slice(0, 20),
      validation: pairs.slice(20),
      test: [],
      tokenizer: { name: "shared", tokenizer: { name: "character" } },
    }),
};

test("a causal model's mask is switched, and copies of it are trained under both", async () => {
  const before = tf.memory().numTensors;
  const settings = {
    architecture: "causal",
    objective: { name: "causal-lm", options: { loss: "target" } },
    model: { width: 8, layers: 2, heads: 2, restartPositions: true },
    dataset: { name: "reversals" },
    steps: 4,
    batch: 8,
    seed: 1,
    evaluation: { decoded: 0, curvePoints: 1 },
  };
  const { numbers } = await consume(switchedArm(settings, 3).run(context));
  const { switched, adapted, continued } = numbers.probe as unknown as MaskSwitched;
  const own = numbers.examples.nats;
  for (const nats of [switched, adapted, continued]) expect(nats).toHaveLength(own.length);
  expect(new Set([own, switched, adapted, continued].map((nats) => nats.join())).size).toBe(4);
  expect(tf.memory().numTensors).toBe(before);
});

test("an arm in context that is aborted has no outcome, and leaves no tensor", async () => {
  const before = tf.memory().numTensors;
  const arm = inContextArm({ architecture: "prefix", preset: "quick", seed: 1 });
  await expect(consume(arm.run({ ...context, signal: AbortSignal.abort() }))).rejects.toThrow("aborted");
  expect(tf.memory().numTensors).toBe(before);
});
