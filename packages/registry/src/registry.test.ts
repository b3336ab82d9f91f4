import { TriviumError } from "@trivium/core";
import { expect, test } from "vitest";
import { defineKind } from "./plugin.ts";
import { createRegistry } from "./registry.ts";
import type { StandardSchema } from "./standard-schema.ts";

const shape = defineKind<(options: never) => { area: number }>()("shape");
const color = defineKind<(options: never) => string>()("color");

const sideSchema: StandardSchema<{ side: number }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof (value as { side?: unknown })?.side === "number"
        ? { value: value as { side: number } }
        : { issues: [{ message: "expected a number", path: ["side"] }] },
  },
};
const square = shape("square", ({ side }: { side: number }) => ({ area: side * side }), { schema: sideSchema });
const disc = shape("disc", ({ radius }: { radius: number }) => ({ area: Math.PI * radius ** 2 }));
const red = color("red", () => "#f00", { description: "The colour red." });
const registry = createRegistry([square, disc, red]);

test("get returns the creator with its own type", () => {
  expect(registry.get("shape", "square")({ side: 3 }).area).toBe(9);
  expect(registry.names("shape")).toEqual(["square", "disc"]);
  expect(registry.list("color")[0]?.description).toBe("The colour red.");
  expect(registry.kinds()).toEqual(["shape", "color"]);
});

test("an unknown name lists what exists and the nearest name", () => {
  expect(() => registry.find("shape", "sqare")).toThrow(
    'there is no shape "sqare"; did you mean "square"? There are: disc, square',
  );
  expect(() => registry.find("shape", "zzz")).toThrow('there is no shape "zzz". There are: disc, square');
});

test("an unknown kind lists the kinds", () => {
  expect(() => createRegistry([red]).find("shape" as never, "x")).toThrow(
    'there is no plugin of kind "shape"; kinds: color',
  );
});

test("create validates run-time options with the schema and names the field", () => {
  expect(registry.create("shape", "square", { side: 2 })).toEqual({ area: 4 });
  try {
    registry.create("shape", "square", { side: "2" });
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "registry/options")).toBe(true);
    expect((error as Error).message).toBe('shape "square": side: expected a number');
  }
});

test("two plugins of one kind and name, and values that are no plugins, are refused", () => {
  expect(() => createRegistry([square, square])).toThrow('two plugins of kind "shape" are named "square"');
  expect(() => createRegistry([{} as never])).toThrow("a plugin has a kind and a name, got {}");
});

test("with() extends a copy and finds duplicates across both", () => {
  const blue = color("blue", () => "#00f");
  const extended = registry.with([blue]);
  expect(extended.get("color", "blue")()).toBe("#00f");
  expect(registry.names("color")).toEqual(["red"]);
  expect(() => extended.with([blue])).toThrow('two plugins of kind "color" are named "blue"');
});
