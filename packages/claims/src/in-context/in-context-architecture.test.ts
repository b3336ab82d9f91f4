import { toIntervals, visiblePairs } from "@trivium/masks";
import { selfMaskOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { expect, test } from "vitest";
import { inContextArchitecture } from "./in-context-architecture.ts";

const rows = (one: Parameters<typeof selfMaskOf>[0], stream: string) => {
  const mask = selfMaskOf(one, stream)({ prefixLengths: 99 });
  return [0, 1, 2, 3, 4].map((q) => [0, 1, 2, 3, 4].map((k) => Number(mask.visible(0, 0, q, k))).join(""));
};

test("pitfall: queries see the examples alone, neither themselves nor one another", () => {
  expect(rows(inContextArchitecture(causal, 3), "tokens")).toEqual(["10000", "11000", "11100", "11100", "11100"]);
  expect(rows(inContextArchitecture(prefix, 3), "tokens")).toEqual(["11100", "11100", "11100", "11100", "11100"]);
});

test("an encoder–decoder has the examples in its source, and its target sees nothing but them", () => {
  const one = inContextArchitecture(encoderDecoder, 3);
  const context = { prefixLengths: 0 };
  expect(visiblePairs(selfMaskOf(one, "source")(context), { queries: 3, keys: 3 })).toBe(9);
  expect(visiblePairs(selfMaskOf(one, "target")(context), { queries: 2, keys: 2 })).toBe(0);
  expect(visiblePairs(one.crossMask!(context), { queries: 2, keys: 3 })).toBe(6);
});

test.each([causal, prefix])("a kernel needs one run of keys for each query: $name", (architecture) => {
  const mask = selfMaskOf(inContextArchitecture(architecture, 3), "tokens")({ prefixLengths: 3 });
  expect(toIntervals(mask, { queries: 5, keys: 5 })).toHaveProperty("intervals");
  expect(mask.rows).toBeNull();
});
