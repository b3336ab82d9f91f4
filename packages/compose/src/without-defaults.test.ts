import { expect, test } from "vitest";
import { z } from "zod";
import { withoutDefaults } from "./without-defaults.ts";

const shape = withoutDefaults({
  width: z.int().default(128).describe("M"),
  positions: z.enum(["learned", "rotary"]).default("learned").describe("Where"),
  heads: z.int().optional().describe("H"),
});

test("what is not given stays absent", () => {
  expect(z.object(shape).parse({})).toEqual({});
});

test("what is given is checked as before", () => {
  expect(z.object(shape).parse({ width: 8, heads: 2 })).toEqual({ width: 8, heads: 2 });
  expect(shape.width.safeParse(1.5).success).toBe(false);
  expect(shape.positions.safeParse("alibi").success).toBe(false);
});

test("descriptions name the defaults", () => {
  const descriptions = Object.values(shape).map(({ description }) => description);
  expect(descriptions).toEqual(["M (default: 128)", "Where (default: learned)", "H"]);
});
