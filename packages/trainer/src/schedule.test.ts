import { createRegistry } from "@trivium/registry";
import fc from "fast-check";
import { expect, test } from "vitest";
import { constant } from "./constant.ts";
import { cosineDecay } from "./cosine-decay.ts";
import { inverseSquareRoot } from "./inverse-square-root.ts";
import { linearWarmup } from "./linear-warmup.ts";
import { trainerPlugins } from "./plugins.ts";
import { lowest, sum } from "./schedule.ts";
import { warmupCosine } from "./warmup-cosine.ts";

const sizes = fc.record({
  peak: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  warmupSteps: fc.integer({ min: 1, max: 50 }),
  decaySteps: fc.integer({ min: 2, max: 200 }),
});

test("warm-up and cosine rise in a straight line to the peak, then fall to the floor and stay there", () => {
  fc.assert(
    fc.property(sizes, ({ peak, warmupSteps, decaySteps }) => {
      const steps = warmupSteps + decaySteps;
      const floor = peak / 10;
      const rate = warmupCosine({ peak, warmupSteps, steps, floor });
      for (let step = 0; step < warmupSteps; step++)
        expect(rate(step)).toBeCloseTo((peak * (step + 1)) / warmupSteps, 12);
      expect(rate(warmupSteps)).toBeCloseTo(peak, 12);
      expect(rate(warmupSteps + decaySteps / 2)).toBeCloseTo((peak + floor) / 2, 12);
      for (let step = warmupSteps; step < steps; step++) expect(rate(step + 1)).toBeLessThanOrEqual(rate(step));
      expect(rate(steps)).toBe(floor);
      expect(rate(steps + 7)).toBe(floor);
    }),
  );
});

test("without warm-up the first step has the peak", () => {
  expect(warmupCosine({ peak: 0.5, warmupSteps: 0, steps: 10 })(0)).toBe(0.5);
  expect(inverseSquareRoot({ peak: 0.5, warmupSteps: 0 })(0)).toBe(0.5);
});

test("the inverse square root agrees with eq. 3 of Vaswani et al. up to its factor", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(20_000), (warmupSteps, step) => {
      const factor = 512 ** -0.5;
      const equation3 = factor * Math.min((step + 1) ** -0.5, (step + 1) * warmupSteps ** -1.5);
      const rate = inverseSquareRoot({ peak: factor * warmupSteps ** -0.5, warmupSteps })(step);
      expect(Math.abs(rate / equation3 - 1)).toBeLessThan(1e-12);
    }),
  );
});

test("the schedule of the PyTorch peer is expressible: rate · min((t+1)/w, ½(1+cos(π·max(0, t−w)/(T−w))) + 0.02)", () => {
  const [rate, steps] = [3e-3, 390];
  const warmup = Math.max(50, Math.floor(steps / 10));
  const ours = lowest(
    linearWarmup({ peak: rate, warmupSteps: warmup }),
    sum(cosineDecay({ peak: rate, from: warmup, to: steps }), constant({ rate: 0.02 * rate })),
  );
  for (let step = 0; step < steps; step++) {
    const decay = 0.5 * (1 + Math.cos((Math.PI * Math.max(0, step - warmup)) / (steps - warmup))) + 0.02;
    expect(ours(step)).toBeCloseTo(rate * Math.min((step + 1) / warmup, decay), 15);
  }
});

test("a schedule says what it was made with, combined ones what they combine", () => {
  expect(warmupCosine({ peak: 1, warmupSteps: 2, steps: 10 }).settings).toEqual({
    name: "warmup-cosine",
    peak: 1,
    warmupSteps: 2,
    steps: 10,
    floor: 0,
  });
  expect(inverseSquareRoot({ peak: 1, warmupSteps: 4 }).settings).toEqual({
    name: "inverse-square-root",
    peak: 1,
    warmupSteps: 4,
  });
  const [warmup, rate] = [linearWarmup({ peak: 1, warmupSteps: 4 }), constant({ rate: 0.5 })];
  expect(lowest(warmup, sum(rate, rate)).settings).toEqual({
    name: "lowest",
    of: [
      { name: "linear-warmup", peak: 1, warmupSteps: 4 },
      {
        name: "sum",
        of: [
          { name: "constant", rate: 0.5 },
          { name: "constant", rate: 0.5 },
        ],
      },
    ],
  });
  expect(lowest(warmup, () => 1).settings).toBeUndefined();
});

test("a registry makes them by name and refuses options by field", () => {
  const registry = createRegistry(trainerPlugins);
  const options = { peak: 1, warmupSteps: 2, steps: 10 };
  expect(registry.create("schedule", "warmup-cosine", options)(6)).toBeCloseTo(0.5, 12);
  expect(registry.create("optimizer", "adam-w", { weightDecay: 0.1 }).settings.weightDecay).toBe(0.1);
  expect(() => registry.create("schedule", "warmup-cosine", { ...options, peak: -1 })).toThrow(/peak/);
  expect(() => registry.create("optimizer", "adam-w", { beta1: 1 })).toThrow(/beta1/);
});

test("a warm-up as long as the run, or a run of one step, never leaves the peak before its end", () => {
  const schedule = warmupCosine({ peak: 1, warmupSteps: 4, steps: 4, floor: 0.1 });
  expect([0, 1, 2, 3, 4].map(schedule)).toEqual([0.25, 0.5, 0.75, 1, 0.1]);
  expect(warmupCosine({ peak: 1, warmupSteps: 1, steps: 1 })(0)).toBe(1);
});
