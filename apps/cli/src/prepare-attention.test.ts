import { expect, test } from "vitest";
import { loadRegistry } from "./load-registry.ts";
import { prepareAttention } from "./prepare-attention.ts";
import { prepareBackend } from "./prepare-backend.ts";

test("the default kernel is the backend's own where it has one, and says which it is and why", async () => {
  const registry = await loadRegistry([]);
  const noteOf = (backend: string) => prepareAttention(undefined, registry, prepareBackend({ backend }, registry)).note;
  expect(noteOf("simd")).toBe('attention: fused, since backend "simd" has attention as one kernel');
  expect(noteOf("cpu")).toBe('attention: reference, since backend "cpu" has no fused attention');
});

test("a kernel that was asked for is that kernel, and nothing is said", async () => {
  const registry = await loadRegistry([]);
  const { kernel, note } = prepareAttention("fused", registry, prepareBackend({ backend: "cpu" }, registry));
  expect([kernel.name, note]).toEqual(["fused", undefined]);
});
