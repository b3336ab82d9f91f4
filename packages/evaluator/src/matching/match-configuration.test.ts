import { countModelMatrices, countModelParameters } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { expect, test } from "vitest";
import { matchConfiguration } from "./match-configuration.ts";
import { pairFlops } from "./pair-flops.ts";

// The controls of EVIDENCE §6: 4 + 4 layers of width 128, without embeddings, norms and biases.
const bare = { vocabulary: 1, width: 128, norm: "rms", biases: false, positions: "none" } as const;
const reference = { architecture: encoderDecoder, config: { ...bare, layers: 4 } };
const lengths = { source: 8, target: 8 };

test("4 + 4 layers have the parameters of nine of one stack, and cost the FLOPs of about five", () => {
  const parameters = matchConfiguration({
    reference,
    architecture: causal,
    by: "parameters",
    lengths,
    adjustFeedForward: false,
  });
  expect(parameters.config.layers).toBe(9);
  expect(countModelMatrices(encoderDecoder, reference.config) - 128).toBe(1_835_008);
  expect(countModelMatrices(causal, parameters.config) - 128).toBe(1_769_472);
  const flops = matchConfiguration({
    reference,
    architecture: causal,
    by: "flops",
    lengths,
    adjustFeedForward: false,
  });
  expect(flops.config.layers).toBe(5);
});

test.each([
  [causal, "parameters"],
  [causal, "flops"],
  [prefix, "parameters"],
  [prefix, "flops"],
] as const)("%o by %s comes within a hundredth with the feed-forward width", (architecture, by) => {
  const found = matchConfiguration({ reference, architecture, by, lengths });
  expect(Math.abs(found.difference)).toBeLessThan(0.01);
  const count =
    by === "flops" ? pairFlops(architecture, found.config, lengths) : countModelParameters(architecture, found.config);
  expect(found.got).toBe(count);
  expect(found.difference).toBe(count / found.wanted - 1);
});

test("depth is copied, from the deepest stack, and nothing else changes", () => {
  const uneven = {
    architecture: encoderDecoder,
    config: { ...bare, layers: { source: 6, target: 2 }, sharedStacks: false, crossAttention: "merged" } as const,
  };
  const { config, wanted, got } = matchConfiguration({ reference: uneven, architecture: causal, by: "depth", lengths });
  expect(config).toEqual({ ...bare, layers: 6 });
  expect([wanted, got]).toEqual([6, 6]);
});

test("an encoder-decoder is matched to one stack, with half of the layers in each of its own", () => {
  const single = { architecture: prefix, config: { ...bare, layers: 7 } };
  const { config } = matchConfiguration({
    reference: single,
    architecture: encoderDecoder,
    by: "parameters",
    lengths,
    adjustFeedForward: false,
  });
  expect(config.layers).toBe(3);
});

test("what cannot be matched is refused, with both numbers", () => {
  const single = { architecture: causal, config: { ...bare, layers: 1 } };
  const match = () =>
    matchConfiguration({ reference: single, architecture: encoderDecoder, by: "parameters", lengths });
  expect(match).toThrow(/encoder-decoder cannot have as many parameters as the reference: wanted \d+, got \d+/);
});
