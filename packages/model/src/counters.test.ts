import { expect, test } from "vitest";
import { countModelMatrices, countModelParameters, forwardFlops, trainingFlops } from "./counters.ts";
import { causal, encoderDecoder, prefix, sampleInput } from "./testing.ts";

const wang = {
  vocabulary: 32128,
  width: 4096,
  feedForward: 10240,
  heads: 64,
  layers: 24,
  activation: "geglu",
  positions: "t5",
  norm: "rms",
  biases: false,
} as const;
const t5Base = {
  vocabulary: 32128,
  width: 768,
  feedForward: 3072,
  heads: 12,
  layers: 12,
  activation: "relu",
  positions: "t5",
  norm: "rms",
  biases: false,
} as const;

test("Wang et al. 2022: 4.762 B decoder-only, 11.003 B encoder-decoder", () => {
  expect(countModelMatrices(causal, wang) / 1e9).toBeCloseTo(4.762, 3);
  expect(countModelParameters(prefix, wang)).toBe(countModelParameters(causal, wang));
  expect(countModelMatrices(encoderDecoder, wang) / 1e9).toBeCloseTo(11.003, 3);
  // 24 layers of two norms and 24 of three, and one after each stack.
  const norms = (24 * 2 + 24 * 3 + 2) * 4096;
  expect(countModelParameters(encoderDecoder, wang)).toBe(countModelMatrices(encoderDecoder, wang) + norms);
});

test("T5-base: 222.9 M, one of its stacks 109.6 M", () => {
  expect(countModelParameters(encoderDecoder, t5Base) / 1e6).toBeCloseTo(222.9, 1);
  expect(countModelParameters(causal, t5Base) / 1e6).toBeCloseTo(109.6, 1);
});

test("GPT-2 small: 124,439,808 parameters, as released", () => {
  const gpt2 = { vocabulary: 50257, length: 1024, width: 768, layers: 12, heads: 12 };
  expect(countModelParameters(causal, gpt2)).toBe(124_439_808);
});

test("Wu et al. 2021: a 4+4 layer encoder-decoder of width 256 has 7.34 M without embeddings, norms and biases", () => {
  const { projections } = forwardFlops(
    encoderDecoder,
    { vocabulary: 2, width: 256, layers: 4, norm: "rms", biases: false },
    {
      lengths: { source: 1, target: 1 },
    },
  );
  // One source and one target token pass through every matrix once, two operations for each weight.
  expect(projections / 2 / 1e6).toBeCloseTo(7.34, 2);
});

test("an encoder-decoder of equal depth costs 14/12 of a decoder-only model, 1.174 at Wang's shape", () => {
  const ratio = (config: Parameters<typeof forwardFlops>[1], n: number) =>
    forwardFlops(encoderDecoder, config, { lengths: { source: n, target: n } }).projections /
    forwardFlops(causal, config, { lengths: { tokens: 2 * n } }).projections;
  expect(ratio({ vocabulary: 64, width: 128, layers: 4 }, 32)).toBeCloseTo(14 / 12, 10);
  expect(ratio(wang, 313)).toBeCloseTo(1.174, 3);
});

test("sharing the stacks saves one of them and keeps cross-attention", () => {
  const config = { vocabulary: 100, width: 64, layers: 2, positions: "none", norm: "rms", biases: false } as const;
  const [separate, shared, single] = [
    countModelParameters(encoderDecoder, config),
    countModelParameters(encoderDecoder, { ...config, sharedStacks: true }),
    countModelParameters(causal, config),
  ];
  const cross = 2 * (4 * 64 * 64 + 64);
  expect(shared).toBe(single + cross);
  expect(separate).toBe(shared + single - 100 * 64);
});

test("attention FLOPs follow the visible pairs: a prefix adds p(p−1)/2 to n(n+1)/2", () => {
  const config = { vocabulary: 64, width: 32, heads: 2, layers: 3 };
  const at = (architecture: typeof causal | typeof prefix, prefixLength: number) =>
    forwardFlops(architecture, config, { lengths: { tokens: 10 }, prefixLength }).attention / (3 * 4 * 32);
  expect(at(causal, 4)).toBe(55);
  expect(at(prefix, 4)).toBe(55 + 6);
  expect(at(prefix, 1)).toBe(55);
});

test("training FLOPs are three forward passes of each row's real tokens", () => {
  const config = { vocabulary: 17, width: 8, heads: 2, layers: 2 };
  const rows = [
    { length: 6, prefixLength: 3 },
    { length: 4, prefixLength: 2 },
  ];
  const input = sampleInput(prefix, { rows, multipleOf: 16 });
  const expected = rows.map(
    ({ length, prefixLength }) => 3 * forwardFlops(prefix, config, { lengths: { tokens: length }, prefixLength }).total,
  );
  expect(trainingFlops(prefix, config)(input)).toBe(expected[0]! + expected[1]!);
});

test("packed documents cost what they cost alone: no pair of two documents is counted", () => {
  const config = { vocabulary: 17, width: 8, heads: 2, layers: 2 };
  const rows = [
    { length: 6, prefixLength: 3 },
    { length: 5, prefixLength: 1 },
    { length: 4, prefixLength: 2 },
  ];
  for (const architecture of [causal, prefix, encoderDecoder]) {
    const flops = trainingFlops(architecture, config);
    expect(flops(sampleInput(architecture, { rows, packing: 9 }))).toBe(flops(sampleInput(architecture, { rows })));
  }
});
