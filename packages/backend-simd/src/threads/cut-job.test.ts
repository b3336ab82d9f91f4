import fc from "fast-check";
import { expect, test } from "vitest";
import { shareOf } from "./cut-job.ts";

const cutting = { threads: 2, splitUnits: undefined };
const share = (units: number, nanoseconds: number, granule: number) =>
  shareOf(units, { nanoseconds, granule }, cutting);

test("shares are cut so that no thread is left with a whole one more than the others", () => {
  // Six of 96 columns would be three for the one thread, and two and a third for the other.
  expect(share(512, 1000, 16)).toBe(128);
  expect(share(1024, 500, 6)).toBe(174);
  expect(share(512, 1000, 6)).toBe(132);
});

test("what is short stays whole, and every share but the last has whole granules", () => {
  expect(share(16, 1000, 1)).toBe(16);
  const sizes = fc.record({ units: fc.integer({ min: 1, max: 5000 }), granule: fc.integer({ min: 1, max: 64 }) });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 100_000 }), ({ units, granule }, nanoseconds) => {
      const size = share(units, nanoseconds, granule);
      expect(size).toBeLessThanOrEqual(units);
      if (size < units) expect(size % granule).toBe(0);
    }),
  );
});
