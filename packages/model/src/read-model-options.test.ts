import { causal } from "@trivium/masks";
import { expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import { readModelOptions } from "./read-model-options.ts";
import { resolveConfig } from "./resolve-config.ts";

const architecture: Architecture = { name: "a", streams: ["tokens"], reads: "past", selfMask: () => causal() };

test("flat fields become the parts that they are now, and nothing else changes", () => {
  const t5 = {
    positions: "t5",
    relativeBuckets: 8,
    relativeDirection: "causal",
    norm: "rms",
    normEpsilon: 1e-6,
    tiedHead: false,
    attentionScale: "none",
    rotaryBase: 10_000,
    width: 64,
  } as const;
  expect(readModelOptions(t5)).toEqual({
    positions: { kind: "t5", buckets: 8, direction: "causal" },
    norm: { kind: "rms", epsilon: 1e-6 },
    head: { tied: false },
    attention: { scale: "none" },
    width: 64,
  });
  expect(readModelOptions({ restartPositions: true, normPlacement: "post" })).toEqual({
    positions: { kind: "learned", restart: true },
    norm: { kind: "layer", placement: "post" },
  });
});

test("options in parts stay as they are, and a complete configuration resolves to itself", () => {
  const options = { positions: { kind: "rotary", base: 5000 }, norm: { kind: "rms" }, biases: false } as const;
  expect(readModelOptions(options)).toEqual(options);
  const config = resolveConfig(architecture, { vocabulary: 8, ...options });
  expect(resolveConfig(architecture, JSON.parse(JSON.stringify(config)))).toEqual(config);
});
