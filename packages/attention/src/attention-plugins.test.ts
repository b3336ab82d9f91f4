import { TriviumError } from "@trivium/core";
import { createRegistry } from "@trivium/registry";
import { expect, test } from "vitest";
import { attentionPlugins } from "./attention-plugins.ts";

const registry = createRegistry(attentionPlugins);

test("a registry makes every kernel by name, with or without options", () => {
  expect(registry.names("attention")).toEqual(["reference", "blockwise", "fused"]);
  expect(registry.create("attention", "reference").name).toBe("reference");
  expect(registry.create("attention", "blockwise", { blockKeys: 32 }).name).toBe("blockwise");
  expect(registry.create("attention", "fused").name).toBe("fused");
});

test.each([{ blockKeys: 0 }, { blockQueries: 1.5 }, { blocks: 3 }])(
  "blockwise refuses %j and names the field",
  (options) => {
    try {
      registry.create("attention", "blockwise", options);
      expect.unreachable();
    } catch (error) {
      expect(TriviumError.is(error, "registry/options")).toBe(true);
      expect((error as Error).message).toContain(Object.keys(options)[0]);
    }
  },
);

test("called directly, blockwise refuses an empty block too", () => {
  expect(() => registry.get("attention", "blockwise")({ blockQueries: 0 })).toThrow(
    "blockQueries should be a positive integer, got 0",
  );
});
