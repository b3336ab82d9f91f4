import "@tensorflow/tfjs-backend-cpu";
import { createDataset } from "@trivium/data";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import { armContext, reversals } from "../testing/arm-context.ts";
import { trainedArm } from "../testing/trained-arm.ts";
import { denoisingPretraining } from "./denoising-pretraining.ts";
import { styles } from "./pretrained-arm.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

const results = (losses: Readonly<Record<string, number>>, asked = request): ArmResult[] =>
  denoisingPretraining()
    .plan(asked)
    .map(({ name }) => {
      const [kind = "", seed] = name.split(", seed ");
      return trainedArm(name, (losses[kind] ?? 1) + Number(seed) * 1e-3);
    });

test.each([
  ["supported", 1.2],
  ["contradicted", 0.8],
  ["not supported", 1],
] as const)("it is %s by the losses of the T5-style model", (verdict, scratch) => {
  const { effects, tables } = denoisingPretraining().analyse(
    results({ "T5, from scratch": scratch, "BART, from scratch": 1.5 }),
    request,
  );
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo(scratch - 1, 9);
  expect(effects[1]?.estimate).toBeCloseTo(0.5, 9);
  expect(effects).toHaveLength(2);
  expect(tables[0]?.rows).toHaveLength(2 * 2 * 3);
});

test("the full preset has the control of as many steps in all, on the task alone", () => {
  const full = { ...request, preset: "full" } as const;
  const plan = denoisingPretraining().plan(full);
  const stepsOf = (kind: string) => plan.find(({ name }) => name === `${kind}, seed 1`)?.configuration;
  const { pretraining, steps } = stepsOf("T5, pretrained") as unknown as {
    pretraining: { steps: number };
    steps: number;
  };
  expect(stepsOf("T5, from scratch, as many steps in all")).toMatchObject({ steps: steps + pretraining.steps });
  expect(stepsOf("T5, from scratch, as many steps in all")).not.toHaveProperty("pretraining");
  const { effects } = denoisingPretraining().analyse(results({}, full), full);
  expect(effects.map(({ name }) => name).filter((name) => name.includes("in all"))).toHaveLength(1);
});

/** Texts of the letters of the reversals. */
const texts = createDataset({
  name: "texts",
  train: [{ text: "abcd dcba. ".repeat(40) }],
  validation: [],
  test: [],
  tokenizer: { name: "shared", tokenizer: { name: "byte" } },
});
const dataset = async (name: string) => (name === "texts" ? texts : reversals());

test.each(["T5", "BART"] as const)(
  "a live arm of the %s style starts from what it was pretrained to, and says what that cost",
  async (style) => {
    const before = tf.memory().numTensors;
    const armOf = (steps: number | undefined) =>
      trainingArm({
        name: style,
        architecture: "encoder-decoder",
        objective: { name: "seq2seq" },
        model: { ...styles[style].model, width: 8, layers: 1, heads: 2 },
        dataset: { name: "reversals" },
        tokenizer: { name: "byte", options: { special: { mask: true, sentinels: 8 } } },
        length: 32,
        steps: 1,
        batch: 4,
        seed: 1,
        evaluation: { scored: 4, decoded: 0, curvePoints: 1 },
        pretraining:
          steps === undefined
            ? undefined
            : { objective: styles[style].objective, steps, batch: 4, datasets: [{ name: "texts" }] },
      });
    const arms = [armOf(3), armOf(undefined)];
    const numbers: TrainingNumbers[] = [];
    for (const arm of arms) numbers.push((await consume(arm.run(armContext({ dataset })))).numbers);
    expect(tf.memory().numTensors).toBe(before);
    const [pretrained, scratch] = numbers as [TrainingNumbers, TrainingNumbers];
    expect(pretrained.tokensSeen).toBe(scratch.tokensSeen);
    expect(pretrained.targetLoss).not.toBe(scratch.targetLoss);
    expect(pretrained.pretraining).toMatchObject({ tokensSeen: expect.any(Number), fingerprint: expect.any(String) });
    expect(scratch).not.toHaveProperty("pretraining");
    const kept = { name: style, configuration: {}, numbers: pretrained };
    expect(await arms[0]!.isCurrent?.(kept, armContext({ dataset }))).toBe(true);
    const other = async (name: string) => (name === "texts" ? { ...texts, train: [{ text: "other" }] } : reversals());
    expect(await arms[0]!.isCurrent?.(kept, armContext({ dataset: other }))).toBe(false);
  },
);

test("an arm that is aborted while it is pretrained leaves no tensor", async () => {
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  const arm = trainingArm({
    name: "T5",
    architecture: "encoder-decoder",
    objective: { name: "seq2seq" },
    model: { width: 8, layers: 1, heads: 2 },
    dataset: { name: "reversals" },
    tokenizer: { name: "byte", options: { special: { mask: true, sentinels: 8 } } },
    length: 32,
    steps: 1,
    batch: 4,
    seed: 1,
    pretraining: { objective: styles.T5.objective, steps: 5, batch: 4, datasets: [{ name: "texts" }] },
  });
  const running = consume(arm.run(armContext({ dataset, signal: controller.signal })), () => controller.abort());
  await expect(running).rejects.toThrow("aborted");
  expect(tf.memory().numTensors).toBe(before);
});
