import { type Backend, tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { loadRegistry } from "../load-registry.ts";
import { chromeTrace } from "./chrome-trace.ts";
import { summariseProfile } from "./profile-summary.ts";
import { profileTable } from "./profile-table.ts";
import { createStepProfiler, type ProfiledStep } from "./step-profiler.ts";
import { parseStepRange } from "./step-range.ts";

const range = { first: 2, last: 3 };
const simd = (await loadRegistry([])).find("backend", "simd").create as Required<Backend>;
let steps: readonly ProfiledStep[];

/** Two micro-batches and an update, as the trainer tells of them. */
function takeStep(onPhase: ReturnType<typeof createStepProfiler>["onPhase"]): void {
  onPhase("data");
  for (let batch = 0; batch < 2; batch++) {
    onPhase("forward");
    tf.tidy(() => void tf.matMul(tf.ones([3, 16, 8]), tf.ones([3, 4, 8]), false, true));
    onPhase("backward");
    tf.tidy(() => void tf.cumsum(tf.ones([64])));
  }
  onPhase("update");
  onPhase("end");
}

beforeAll(async () => {
  await simd.activate();
  const profiler = createStepProfiler(simd, range);
  for (let step = 1; step <= 5; step++) {
    takeStep(profiler.onPhase);
    expect(profiler.isComplete()).toBe(step >= range.last);
    // An evaluation, which is no part of a step.
    tf.tidy(() => void tf.neg(tf.ones([8])));
  }
  steps = profiler.steps;
});

describe("the steps", () => {
  test("are those of the range, each with its phases and kernels", () => {
    expect(steps.map(({ step }) => step)).toEqual([2, 3]);
    for (const { phases, kernels, peakBytes } of steps) {
      const names = phases.map(({ phase }) => phase);
      expect(names).toEqual(["data", "forward", "backward", "forward", "backward", "update"]);
      expect(kernels.filter(({ name }) => name === "BatchMatMul")).toHaveLength(2);
      expect(kernels.map(({ name }) => name)).not.toContain("Neg");
      expect(peakBytes).toBeGreaterThan(0);
    }
  });

  test("are covered by their phases without gaps", () => {
    for (const { phases, startMs, endMs } of steps) {
      const edges = [startMs, ...phases.map((phase) => phase.endMs)];
      expect(phases.map((phase) => phase.startMs)).toEqual(edges.slice(0, -1));
      expect(edges.at(-1)).toBe(endMs);
    }
  });

  test("leave the backend as it was, so that another profile may begin", () => simd.profile().stop());
});

describe("the trace", () => {
  const time = z.number().min(0);
  const place = { pid: z.int(), tid: z.int() };
  const event = z.discriminatedUnion("ph", [
    z.strictObject({
      ...{ ph: z.literal("M"), name: z.enum(["process_name", "thread_name"]), ...place },
      args: z.strictObject({ name: z.string() }),
    }),
    z.strictObject({
      ...{ ph: z.literal("X"), name: z.string(), cat: z.string(), ts: time, dur: time, ...place },
      args: z.record(z.string(), z.unknown()),
    }),
    z.strictObject({
      ...{ ph: z.literal("C"), name: z.string(), ts: time, pid: z.int() },
      args: z.record(z.string(), z.number()),
    }),
  ]);
  const traceSchema = z.strictObject({ displayTimeUnit: z.literal("ms"), traceEvents: z.array(event) });
  const read = () => traceSchema.parse(JSON.parse(JSON.stringify(chromeTrace(steps)))).traceEvents;

  test("is the JSON object format, with names, spans and a counter of memory", () => {
    const events = read();
    expect(events.filter(({ ph }) => ph === "M").map(({ args }) => args)).toEqual([
      { name: "trivium train" },
      { name: "main thread" },
    ]);
    const names = (cat: string) => new Set(events.filter((e) => e.ph === "X" && e.cat === cat).map(({ name }) => name));
    expect([...names("step")]).toEqual(["step 2", "step 3"]);
    expect([...names("phase")]).toEqual(["data", "forward", "backward", "update"]);
    expect(names("kernel")).toContain("BatchMatMul");
    expect([...names("product")]).toEqual(["wasm"]);
    expect(events.filter((e) => e.ph === "C").every(({ args }) => "bytes" in args)).toBe(true);
  });

  test("nests spans: each lies within the one around it or beside it, as the viewers need", () => {
    const spans = read()
      .flatMap((e) => (e.ph === "X" ? [e] : []))
      .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
    const open: number[] = [];
    for (const { ts, dur } of spans) {
      // Sums of floating-point microseconds differ in their last bits.
      while (open.length > 0 && open.at(-1)! <= ts + 1e-3) open.pop();
      if (open.length > 0) expect(ts + dur).toBeLessThanOrEqual(open.at(-1)! + 1e-3);
      open.push(ts + dur);
    }
    expect(spans.length).toBeGreaterThan(20);
  });
});

describe("the summary", () => {
  test("has shares that add up to all of the time, by kernel and by phase", () => {
    const { kernels, outsideKernels, phases } = summariseProfile(steps);
    const shares = (items: readonly { share: number }[]) => items.reduce((sum, { share }) => sum + share, 0);
    expect(shares(kernels)).toBeLessThanOrEqual(1);
    expect(shares([...kernels, outsideKernels])).toBeCloseTo(1, 9);
    expect(shares(phases)).toBeCloseTo(1, 9);
    expect(kernels.map(({ totalMs }) => totalMs)).toEqual(kernels.map(({ totalMs }) => totalMs).sort((a, b) => b - a));
  });

  test("counts operations, bytes and calls that tfjs's own kernels answered", () => {
    const { kernels, products } = summariseProfile(steps);
    const product = kernels.find(({ name }) => name === "BatchMatMul")!;
    expect(product).toMatchObject({ calls: 4, fallbackCalls: 0 });
    expect(product.gigaflopsPerSecond * product.totalMs * 1e6).toBeCloseTo(4 * 2 * 3 * 16 * 4 * 8, 3);
    expect(product.gigabytesPerSecond * product.totalMs * 1e6).toBeCloseTo(4 * 4 * 3 * (16 * 8 + 4 * 8 + 16 * 4), 3);
    expect(kernels.find(({ name }) => name === "Cumsum")).toMatchObject({ calls: 4, fallbackCalls: 4 });
    expect(products).toMatchObject([{ shape: "3 × [16, 8] · [4, 8]ᵀ", provider: "wasm", calls: 4 }]);
  });

  test("is printed with a line for every kernel and phase", () => {
    const summary = summariseProfile(steps);
    const text = profileTable(summary);
    expect(text).toMatch(/^steps 2 to 3: [\d.]+ ms a step, engine memory at most [\d.]+ MiB$/m);
    for (const { phase } of summary.phases) expect(text).toMatch(new RegExp(`^${phase} `, "m"));
    for (const { name } of summary.kernels) expect(text).toMatch(new RegExp(`^${name} `, "m"));
    expect(text).toMatch(/^outside kernels /m);
  });
});

test("steps are a number or two with a dash, counted from 1", () => {
  expect(parseStepRange("3-12")).toEqual({ first: 3, last: 12 });
  expect(parseStepRange("5")).toEqual({ first: 5, last: 5 });
  for (const text of ["", "0", "0-3", "-3", "3-", "4-3", "a", "1.5", "3 - 4"]) {
    expect(() => parseStepRange(text)).toThrow(`steps such as 3-12, counted from 1, got "${text}"`);
  }
});
