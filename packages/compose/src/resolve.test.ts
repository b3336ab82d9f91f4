import { gemmProvider, gemmProviders, simdPlugin } from "@trivium/backend-simd";
import { adamW, cosineDecay, optimizer } from "@trivium/trainer";
import { expect, test } from "vitest";
import { readRecipe } from "./recipe.ts";
import {
  numericIdentity,
  resolveArchitecture,
  resolveBackend,
  resolveEngine,
  resolveObjective,
  resolveOptimizer,
  resolveSchedule,
  scheduleOptions,
} from "./resolve.ts";
import { registry } from "./testing/registry.ts";

const withSimd = registry.with([simdPlugin, ...gemmProviders]);

test("options that were given make a backend with them; without any it is the plugin's own", () => {
  expect(resolveBackend({ name: "simd" }, withSimd)).toBe(withSimd.find("backend", "simd").create);
  const options = { threads: 2, gemm: "wasm", precision: "f32" };
  expect(resolveBackend({ name: "simd", options }, withSimd).name).toBe(
    "simd(gemm=wasm,matmulPrecision=f32,threads=2)",
  );
});

test("a backend that takes no options says which to leave out", () => {
  expect(() => resolveBackend({ name: "cpu", options: { threads: 2, precision: "bf16" } }, registry)).toThrow(
    'backend "cpu" takes no options; leave out threads, precision',
  );
});

test("a provider of the user's own is found by its name", async () => {
  const mine = gemmProvider("mine", {
    probe: () => ({ available: true, version: "1", detail: "" }),
    open: () => ({ base: 0, product: () => {} }),
  });
  const backend = resolveBackend({ name: "simd", options: { gemm: "mine" } }, withSimd.with([mine]));
  expect(await numericIdentity(backend)).toMatchObject({ gemm: "mine", gemmVersion: "1" });
});

test("the default kernel is the backend's own where it has one, and says which it is and why", () => {
  const noteOf = (name: string) => resolveEngine({ backend: { name }, attention: {} }, withSimd).note;
  expect(noteOf("simd")).toBe('attention: fused, since backend "simd" has attention as one kernel');
  expect(noteOf("cpu")).toBe('attention: reference, since backend "cpu" has no fused attention');
  const { attention, note } = resolveEngine({ backend: { name: "cpu" }, attention: { name: "fused" } }, registry);
  expect([attention.name, note]).toEqual(["fused", undefined]);
});

test("an objective is the one that is named, or fits the architecture, with its options", () => {
  const of = (architecture: string, objective: { name?: string; options?: Record<string, never> }) =>
    resolveObjective(objective, resolveArchitecture(architecture, registry), registry);
  expect(["causal", "prefix", "encoder-decoder"].map((name) => of(name, {}).name)).toEqual([
    "causal-lm",
    "prefix-lm",
    "seq2seq",
  ]);
  expect(of("prefix", { options: { labelSmoothing: 0.1 as never } }).settings).toMatchObject({ labelSmoothing: 0.1 });
  expect(() => of("prefix", { options: { loss: "all" as never } })).toThrow(/objective "prefix-lm".*loss/);
});

test("a schedule has its own options; one of the user's gets peak, warm-up and steps", () => {
  const of = (name: string) => scheduleOptions({ name, options: { peak: 0.5 } }, 100);
  expect(of("constant")).toEqual({ name: "constant", options: { rate: 0.5 } });
  expect(of("inverse-square-root").options).toEqual({ peak: 0.5, warmupSteps: 10 });
  expect(of("warmup-cosine").options).toEqual({ peak: 0.5, warmupSteps: 10, steps: 100, floor: 0.01 });
  expect(of("mine").options).toEqual({ peak: 0.5, warmupSteps: 10, steps: 100 });
  expect(of("warmup-linear").options).toEqual(of("warmup-cosine").options);
  expect(of("warmup-stable-decay").options).toEqual(of("warmup-cosine").options);
  expect(of("one-cycle").options).toEqual({ peak: 0.5, warmupSteps: undefined, steps: 100 });
  expect(of("file").options).toEqual({ peak: 0.5 });
  const filled = of("warmup-cosine");
  expect(
    scheduleOptions({ name: "warmup-cosine", options: { ...filled.options, floor: 0 } as never }, 100).options,
  ).toEqual({ ...filled.options, floor: 0 });
});

test("a schedule may have another length than the run", () => {
  const of = (name: string) => scheduleOptions({ name, options: { peak: 0.5, steps: 200 } }, 100).options;
  expect(of("warmup-cosine")).toEqual({ peak: 0.5, warmupSteps: 20, steps: 200, floor: 0.01 });
  expect(of("constant")).toEqual({ rate: 0.5 });
  expect(of("inverse-square-root")).toEqual({ peak: 0.5, warmupSteps: 20 });
});

test("an optimiser is chosen by name; one of the user's gets the weight decay", () => {
  const mine = optimizer("mine", (options: { weightDecay: number }) => ({
    ...adamW(),
    name: "mine",
    settings: options,
  }));
  const of = (name: string, options = { weightDecay: 0.5 }) =>
    resolveOptimizer({ name, options }, registry.with([mine]));
  expect(of("adam-w")).toMatchObject({ name: "adam-w", settings: { beta2: 0.98, weightDecay: 0.5 } });
  expect(of("muon")).toMatchObject({ name: "muon", settings: { beta2: 0.98, momentum: 0.95, weightDecay: 0.5 } });
  expect(of("mine")).toMatchObject({ name: "mine", settings: { weightDecay: 0.5 } });
  expect(() => of("moun")).toThrow(/did you mean "muon"/);
});

test("a run of a single step has a rate", () => {
  const complete = ["points", "file"];
  for (const name of registry.names("schedule").filter((one) => !complete.includes(one))) {
    const rate = resolveSchedule(readRecipe({ steps: 1, schedule: { name } }), registry)(0);
    expect(rate, name).toBeGreaterThan(0);
  }
  expect(cosineDecay({ peak: 1, from: 0, to: 1 })(0)).toBe(1);
});
