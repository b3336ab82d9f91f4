import { causal, full, window } from "@trivium/masks";
import { createRegistry } from "@trivium/registry";
import { reservedSpecials } from "@trivium/text";
import { adamW, cosineDecay, optimizer, trainerPlugins } from "@trivium/trainer";
import { expect, test } from "vitest";
import { loadRegistry, type Plugins } from "./load-registry.ts";
import { createOutput } from "./output.ts";
import { defaultObjective, prepareModel, prepareOptimizer, prepareSchedule, scheduleOptions } from "./prepare-model.ts";
import { trainSchema } from "./settings.ts";

const settingsOf = (given: Record<string, unknown>) => trainSchema.parse(given);
const tokenizer = { name: "shared" as const, size: 16, special: reservedSpecials() };
const sizes = { tokenizer, length: 8, output: createOutput(false) };

test("an architecture of one's own gets the objective that its masks and streams ask for", () => {
  const tokens = { name: "mine", streams: ["tokens"] };
  expect(defaultObjective({ ...tokens, reads: "past", selfMask: () => window({ left: 3, right: 0 }) })).toBe(
    "causal-lm",
  );
  expect(defaultObjective({ ...tokens, reads: "all", selfMask: () => full() })).toBe("prefix-lm");
  const two = { name: "mine", streams: ["source", "target"] };
  expect(defaultObjective({ ...two, reads: "past", selfMask: { source: () => full(), target: () => causal() } })).toBe(
    "seq2seq",
  );
});

test("the model takes its own settings where they are given, and what the data decides", async () => {
  const registry = await loadRegistry([]);
  const given = settingsOf({
    width: 8,
    heads: 2,
    dropout: 0.1,
    norm: { epsilon: 1e-6 },
    modelAttention: { scale: "none" },
    steps: 7,
    backend: "cpu",
  });
  const { config, model, objective } = prepareModel(given, registry, sizes);
  expect(config).toMatchObject({ width: 8, heads: 2, dropout: 0.1, vocabulary: 16, length: 8 });
  expect(config).toMatchObject({ norm: { kind: "layer", epsilon: 1e-6 }, attention: { scale: "none" } });
  expect(config).not.toHaveProperty("layers");
  expect(model.config).toMatchObject({ layers: 3, length: 8 });
  expect(objective.name).toBe("causal-lm");
});

test("a scope of the loss goes to causal-lm, is what the others do anyway, or is refused", async () => {
  const registry = await loadRegistry([]);
  const prepare = (given: Record<string, unknown>) =>
    prepareModel(settingsOf({ width: 8, heads: 2, backend: "cpu", ...given }), registry, sizes).objective;
  const { lossWeights } = prepare({ loss: "target" }).features(
    { source: [5, 6], target: [7] },
    { special: reservedSpecials(), random: undefined as never },
  );
  expect(lossWeights).toEqual([0, 0, 1, 1]);
  expect(prepare({ architecture: "prefix", loss: "target" }).name).toBe("prefix-lm");
  expect(() => prepare({ architecture: "prefix", loss: "all" })).toThrow(/objective "prefix-lm".*loss/);
});

test("a schedule has its own options; one of the user's gets peak, warm-up and steps", () => {
  const given = { learningRate: 0.5, steps: 100 };
  const of = (schedule: string) => scheduleOptions(settingsOf({ ...given, schedule }));
  expect(of("constant")).toEqual({ name: "constant", options: { rate: 0.5 } });
  expect(of("inverse-square-root").options).toEqual({ peak: 0.5, warmupSteps: 10 });
  expect(of("warmup-cosine").options).toEqual({ peak: 0.5, warmupSteps: 10, steps: 100, floor: 0.01 });
  expect(of("mine").options).toEqual({ peak: 0.5, warmupSteps: 10, steps: 100 });
});

test("an optimiser is chosen by name; one of the user's gets the weight decay", async () => {
  const mine = optimizer("mine", (options: { weightDecay: number }) => ({
    ...adamW(),
    name: "mine",
    settings: options,
  }));
  const registry = createRegistry([...trainerPlugins, mine]) as unknown as Plugins;
  const of = (name?: string) => {
    const given = { weightDecay: 0.5, ...(name && { optimizer: name }) };
    return prepareOptimizer(settingsOf(given), registry);
  };
  expect(of()).toMatchObject({ name: "adam-w", settings: { beta2: 0.98, weightDecay: 0.5 } });
  expect(of("muon")).toMatchObject({ name: "muon", settings: { beta2: 0.98, momentum: 0.95, weightDecay: 0.5 } });
  expect(of("mine")).toMatchObject({ name: "mine", settings: { weightDecay: 0.5 } });
  expect(() => of("moun")).toThrow(/did you mean "muon"/);
});

test("a run of a single step has a rate", async () => {
  const registry = await loadRegistry([]);
  for (const schedule of ["constant", "inverse-square-root", "warmup-cosine"]) {
    const rate = prepareSchedule(settingsOf({ steps: 1, schedule }), registry)(0);
    expect(rate, schedule).toBeGreaterThan(0);
  }
  expect(cosineDecay({ peak: 1, from: 0, to: 1 })(0)).toBe(1);
});
