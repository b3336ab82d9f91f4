import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@trivium/core";
import { type Batch, type Example, toBatch } from "@trivium/features";
import { tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { causalLm } from "./causal-lm.ts";
import { maskedLm } from "./masked-lm.ts";
import { mixture, mixtureOf } from "./mixture.ts";
import { promptOf } from "./objective.ts";
import { prefixLm } from "./prefix-lm.ts";
import { seq2seq } from "./seq2seq.ts";
import { spanCorruption } from "./span-corruption.ts";
import { windowsDrawn } from "./testing/draws.ts";
import { describeObjective, taskSpecials as special } from "./testing.ts";
import { tokenLoss } from "./token-loss.ts";
import { ul2 } from "./ul2.ts";

const activate = async () => void (await tf.setBackend("cpu"));
beforeAll(activate);

const text: Example = { tokens: [100, 101, 102, 103, 104, 105] };
const oneStream = { name: "prefix", streams: ["tokens"], selfMask: () => ({ visible: () => true }) };

describeObjective(mixtureOf([{ objective: prefixLm() }, { objective: causalLm() }]), { activate });

describe("a mixture", () => {
  const parts = [
    { objective: "prefix-lm", rate: 9 },
    { objective: "span-corruption", options: { density: 0.4 }, rate: 1, task: "spans" },
  ] as const;
  const fitted = (options: Partial<Parameters<typeof mixture>[0]> = {}) => {
    const made = mixture({ parts: [...parts], ...options });
    return made.fit?.(oneStream) ?? made;
  };
  const taskOfDraw = (objective: ReturnType<typeof fitted>, random = createRandom(1)) =>
    objective.features(text, { special, random }).task;

  test.each([
    [1, 0.9],
    [2, 0.75],
  ])("draws its parts by their rates, at temperature %d", (temperature, share) => {
    const [objective, random] = [fitted({ temperature }), createRandom("mixture")];
    const counts = { "prefix-lm": 0, spans: 0 };
    for (let draw = 0; draw < windowsDrawn; draw++) counts[taskOfDraw(objective, random) as keyof typeof counts] += 1;
    const deviation = Math.sqrt(windowsDrawn * share * (1 - share));
    expect(counts["prefix-lm"] + counts.spans).toBe(windowsDrawn);
    expect(Math.abs(counts["prefix-lm"] - share * windowsDrawn)).toBeLessThan(4.5 * deviation);
  });

  test("gives each example the features of its part, and the name of the task", () => {
    const [one] = special.sentinels as [number];
    for (let seed = 0; seed < 50; seed++) {
      const { task, streams } = fitted().features(text, { special, random: createRandom(seed) });
      expect(streams.tokens?.includes(one)).toBe(task === "spans");
    }
  });

  test("weighs its tasks, and leaves the weights out of held-out loss", () => {
    const objective = fitted({ taskWeights: { spans: 0.25 } });
    for (let seed = 0; seed < 50; seed++) {
      const weightsOf = (made: typeof objective) => {
        const { task, lossWeights } = made.features(text, { special, random: createRandom(seed) });
        return [task, Math.max(...lossWeights)];
      };
      const [task, weight] = weightsOf(objective);
      expect(weight).toBe(task === "spans" ? 0.25 : 1);
      expect(weightsOf(objective.scoring?.() as typeof objective)).toEqual([task, 1]);
    }
  });

  test("asks for what any part needs, fills windows whichever part is drawn, and prompts as the first that can", () => {
    const all = mixtureOf([
      { objective: maskedLm() },
      { objective: ul2({ layout: "joined" }) },
      { objective: prefixLm() },
    ]);
    expect(all.needs).toEqual(expect.arrayContaining(["mask", "sentinels", "ul2-s"]));
    expect(all.shows).toBe(0.1);
    const spans = spanCorruption({ layout: "joined" });
    const both = mixtureOf([{ objective: spans }, { objective: prefixLm() }]);
    expect(both.rawLength?.(64, special)).toBe(spans.rawLength?.(64, special));
    const separate = mixtureOf([{ objective: spanCorruption({ layout: "separate" }) }, { objective: seq2seq() }]);
    expect(separate.rawLength?.(64, special)).toBe(64);
    expect(mixtureOf([{ objective: prefixLm() }]).rawLength).toBeUndefined();
    expect(
      promptOf(all, { tokens: [100] }, { special: { ...special, named: { "ul2-s": 9 } }, random: createRandom(1) })
        .streams,
    ).toEqual({
      tokens: [9, 100, 2],
    });
    expect(mixtureOf([{ objective: maskedLm() }]).prompt).toBeUndefined();
  });

  test("is refused where one of its parts is, with that part's reason", () => {
    const mixed = mixtureOf([{ objective: prefixLm() }, { objective: seq2seq() }]);
    expect(mixed.supports(oneStream)).toMatchObject({
      code: "objective/streams",
      message: expect.stringMatching(/^part "seq2seq" of objective "mixture": objective "seq2seq"/),
    });
    expect(fitted().supports(oneStream)).toBe(true);
  });

  test("refuses parts of one name, none, and losses of their own", () => {
    expect(() => mixtureOf([{ objective: prefixLm() }, { objective: prefixLm() }])).toThrow(
      "tasks of different names, got [prefix-lm, prefix-lm]; give each a task",
    );
    expect(() => mixtureOf([])).toThrow("tasks of different names, got []");
    expect(() => mixtureOf([{ objective: prefixLm(), rate: 0 }])).toThrow("one rate of a mixture is positive");
    expect(() => mixture({ parts: [{ objective: "prefix-lm", options: { zLoss: 0.1 } }] })).toThrow(
      'give zLoss to the mixture, not to its part "prefix-lm"',
    );
    expect(() => mixture({ parts: [{ objective: "bert" as never }] })).toThrow(/mixture: /);
    expect(() => mixture({ parts: [{ objective: "prefix-lm", options: { loss: "all" } }] })).toThrow(/prefix-lm: /);
  });
});

describe("the loss", () => {
  const batch: Batch = toBatch([
    { streams: { tokens: [1, 2, 0] }, prefixLength: 0, targets: [2, 0, 1], lossWeights: [1, 0.5, 0], task: "copy" },
    { streams: { tokens: [2, 1, 0] }, prefixLength: 0, targets: [1, 1, 2], lossWeights: [2, 1, 1], task: "sort" },
  ]);
  const random = createRandom("logits");
  const logits = Float32Array.from({ length: 18 }, () => 2 * random.normal());
  const lossOf = (values: Float32Array, options: Parameters<typeof tokenLoss>[0]) => {
    const states = tf.tensor2d(values, [6, 3]);
    return tokenLoss(options)({ states, head: { weight: tf.eye(3) as never, transpose: false } }, batch);
  };
  const focalOf = (values: Float32Array, exponent: number) =>
    [...batch.lossWeights].reduce((sum, weight, at) => {
      const row = [...values.subarray(3 * at, 3 * at + 3)].map(Math.exp);
      const p = (row[batch.targets[at] as number] as number) / row.reduce((all, one) => all + one, 0);
      return sum - weight * (1 - p) ** exponent * Math.log(p);
    }, 0);

  test.each([0.5, 1, 2, 5])("focal, exponent %d: the formula and its gradient", (focal) => {
    expect(lossOf(logits, { focal }).sum.dataSync()[0]).toBeCloseTo(focalOf(logits, focal), 4);
    const gradient = tf.grad(
      (states) =>
        tokenLoss({ focal })({ states: states as never, head: { weight: tf.eye(3) as never, transpose: false } }, batch)
          .sum,
    )(tf.tensor2d(logits, [6, 3]));
    for (const [at, value] of [...gradient.dataSync()].entries()) {
      const moved = (by: number) =>
        focalOf(
          logits.map((one, index) => (index === at ? one + by : one)),
          focal,
        );
      expect(value).toBeCloseTo((moved(1e-2) - moved(-1e-2)) / 2e-2, 3);
    }
  });

  test("focal: what is predicted for certain has no loss and no gradient that is not a number", () => {
    const certain = Float32Array.from({ length: 18 }, (_, at) =>
      at % 3 === batch.targets[Math.floor(at / 3)] ? 90 : -90,
    );
    const gradient = tf.grad(
      (states) =>
        tokenLoss({ focal: 0.5 })(
          { states: states as never, head: { weight: tf.eye(3) as never, transpose: false } },
          batch,
        ).sum,
    )(tf.tensor2d(certain, [6, 3]));
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
    expect(lossOf(certain, { focal: 0.5 }).sum.dataSync()[0]).toBeCloseTo(0, 6);
  });

  test("focal takes no smoothing and no penalty", () => {
    for (const other of [{ labelSmoothing: 0.1 }, { zLoss: 1e-4 }])
      expect(() => prefixLm({ focal: 2, ...other })).toThrow("takes neither label smoothing nor z-loss");
  });

  test("the parts of the tasks are the whole", () => {
    const { sum, tokens, tasks } = lossOf(logits, {});
    const parts = Object.values(tasks ?? {});
    expect(Object.keys(tasks ?? {})).toEqual(["copy", "sort"]);
    expect(parts.reduce((all, part) => all + part.tokens, 0)).toBe(tokens);
    expect(parts.reduce((all, part) => all + (part.sum.dataSync()[0] as number), 0)).toBeCloseTo(
      sum.dataSync()[0] as number,
      5,
    );
  });

  test("weights of tasks multiply those of positions, for every objective", () => {
    const random = createRandom(1);
    const pair = { source: [100, 101], target: [102], task: "sort" };
    const taskWeights = { sort: 0.5, other: 3 };
    for (const [objective, example] of [
      [causalLm({ taskWeights, loss: "target" }), pair],
      [prefixLm({ taskWeights }), pair],
      [seq2seq({ taskWeights }), pair],
      [maskedLm({ taskWeights }), { ...text, task: "sort" }],
      [spanCorruption({ taskWeights }), { ...text, task: "sort" }],
    ] as const) {
      const { lossWeights, task } = objective.features(example, { special, random });
      expect([task, Math.max(...lossWeights)], objective.name).toEqual(["sort", 0.5]);
      const scored = objective.scoring?.().features(example, { special, random });
      expect(Math.max(...(scored?.lossWeights ?? []))).toBe(1);
    }
    const { lossWeights } = prefixLm({ taskWeights }).features({ ...pair, task: "more" }, { special, random });
    expect(Math.max(...lossWeights)).toBe(1);
  });

  test("the mode of a denoiser is a task, where the example has none of its own", () => {
    const named = { ...special.named, "ul2-r": 9, "ul2-s": 10, "ul2-x": 11 };
    const context = { special: { ...special, named }, random: createRandom(1) };
    const sequential = ul2({ rates: { r: 0, s: 1, x: 0 }, taskWeights: { "ul2-s": 0.5 } });
    const row = sequential.features(text, context);
    expect([row.task, Math.max(...row.lossWeights)]).toEqual(["ul2-s", 0.5]);
    expect(sequential.features({ ...text, task: "wiki" }, context).task).toBe("wiki");
  });
});
