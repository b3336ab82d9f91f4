import { type AttentionKernel, fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import {
  declareTraits,
  flattenTree,
  type ParameterTree,
  type Tensor,
  type TokenProgram,
  tf,
  unflattenTree,
  type WeightFormat,
} from "@trivium/tensor";
import { expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import type { ModelOptions } from "./config.ts";
import { createModel } from "./create-model.ts";
import type { DecodingState } from "./decoder.ts";
import { packParameter } from "./pack-parameter.ts";
import { causal, encoderDecoder, prefix } from "./testing/architectures.ts";
import { families } from "./testing/families.ts";
import { sampleInput, sampleVocabulary } from "./testing/sample-input.ts";

const backend = createSimdBackend({ name: "simd-programs", poison: true, threads: 2 });

/** Matrices of 4,096 numbers and more, which are read by the kernels of few rows. */
const sizes = { vocabulary: sampleVocabulary, length: 48, layers: 2, width: 64, heads: 2, feedForward: 96 };
const rows = [
  { length: 7, prefixLength: 3 },
  { length: 5, prefixLength: 2 },
];

function pack(parameters: ParameterTree, format: WeightFormat): ParameterTree {
  const held = Object.entries(flattenTree(parameters)).map(
    ([path, parameter]) => [path, packParameter(path, parameter, format)] as const,
  );
  return unflattenTree<Tensor>(Object.fromEntries(held));
}

interface Case {
  readonly architecture: Architecture;
  readonly config: Partial<ModelOptions>;
  readonly weights: WeightFormat;
  /** Tokens after rows have moved. */
  readonly tokens?: number | undefined;
}

/** Logits of steps of many, one and no token, while rows move; and how often an op attended. */
function decode({ architecture, config, weights, tokens = 3 }: Case, attention: AttentionKernel) {
  const model = createModel({ architecture, config: { ...sizes, ...config }, attention });
  const parameters = pack(model.createParameters(createRandom("programs")), weights);
  const decoder = model.decoder(parameters);
  const logits: number[][] = [];
  let state: DecodingState = decoder.prefill(sampleInput(architecture, { rows }));
  const attended = () => backend.acceleratedCalls().TriviumAttention as number;
  const before = attended();
  const append = (ids: number[], counts: number[]) => {
    state = state.append(Int32Array.from(ids), Int32Array.from(counts));
    logits.push(...(state.logits.arraySync() as number[][]));
  };
  append([1, 2], [1, 1]);
  append([3, 4, 5], [3, 0]);
  state = state.select(Int32Array.of(1, 0, 1));
  for (let token = 0; token < tokens; token++) append([token % 7, 6, 7], [1, 1, 1]);
  const ops = attended() - before;
  decoder.dispose();
  tf.dispose(Object.values(flattenTree(parameters)));
  return { logits, ops };
}

/** `fused` itself, but for its identity: a kernel that no program knows. */
const opByOp: AttentionKernel = { ...fused() };

const cases: readonly (readonly [name: string, of: Case])[] = [
  ...[causal, prefix, encoderDecoder].flatMap((architecture) =>
    Object.entries(families).map(([family, config]) => {
      // Grouped heads make matrices of keys too small for f32 at this width.
      const ofFamily = "keyValueHeads" in config ? { ...config, keyValueHeads: 2 } : config;
      return [`${architecture.name}, ${family}`, { architecture, config: ofFamily, weights: "f32" as const }] as const;
    }),
  ),
  ...(["bf16", "q8"] as const).flatMap((weights) => [
    [
      `grouped heads, ${weights}`,
      { architecture: causal, config: { ...families["Llama style"], heads: 2 }, weights },
    ] as const,
    [`T5 style, ${weights}`, { architecture: encoderDecoder, config: families["T5 style"], weights }] as const,
  ]),
  ["storages that grow", { architecture: causal, config: {}, weights: "q8", tokens: 28 }],
  ...[true, false].map((tied): (typeof cases)[number] => [
    `a head of many ids, ${tied ? "tied" : "of its own"}`,
    { architecture: causal, config: { vocabulary: 80, head: { tied } }, weights: "f32" },
  ]),
  ["windows", { architecture: causal, config: { attention: { window: [4, null] } }, weights: "bf16" }],
  ["merged streams", { architecture: encoderDecoder, config: { crossAttention: "merged" }, weights: "bf16" }],
];

test.each(cases)("%s: a program gives the bits of op by op, and leaves nothing", async (_, of) => {
  await backend.activate();
  const program = decode(of, fused());
  const { numTensors } = tf.memory();
  const { liveBuffers } = backend.use();
  const { logits, ops } = decode(of, opByOp);
  expect(ops).toBeGreaterThan(0);
  expect(program).toEqual({ logits, ops: 0 });
  expect(decode(of, fused()).ops).toBe(0);
  expect([tf.memory().numTensors, backend.use().liveBuffers]).toEqual([numTensors, liveBuffers]);
});

test("the logits of a large head are steps of the program", async () => {
  await backend.activate();
  const model = createModel({ architecture: causal, config: { ...sizes, vocabulary: 80 }, attention: fused() });
  const parameters = model.createParameters(createRandom("programs"));
  const decoder = model.decoder(parameters);
  const state = decoder.prefill(sampleInput(causal, { rows }));
  const products = () => backend.acceleratedCalls().BatchMatMul as number;
  const before = products();
  state.append(Int32Array.of(1, 2), Int32Array.of(1, 1));
  expect(products()).toBe(before);
  decoder.dispose();
  tf.dispose(Object.values(flattenTree(parameters)));
});

test("matrices that are too small are run op by op", async () => {
  await backend.activate();
  const of: Case = { architecture: causal, config: { width: 32, feedForward: 64 }, weights: "f32" };
  const { logits, ops } = decode(of, fused());
  expect(ops).toBeGreaterThan(0);
  expect(decode(of, opByOp).logits).toEqual(logits);
});

test("a decoder keeps a program for each number of rows", async () => {
  await backend.activate();
  const made: number[] = [];
  const tokenProgram = (rows: number) => {
    made.push(rows);
    return backend.tokenProgram?.(rows) as TokenProgram;
  };
  declareTraits(backend.name, { ...backend, tokenProgram });
  const model = createModel({ architecture: causal, config: sizes, attention: fused() });
  const parameters = model.createParameters(createRandom("rows"));
  const decoder = model.decoder(parameters);
  let state = decoder.prefill(sampleInput(causal, { rows }));
  for (const counts of [
    [1, 1],
    [1, 0],
    [2, 1],
    [0, 1],
    [1, 1],
    [1, 2],
  ]) {
    const tokens = counts.reduce((sum, count) => sum + count);
    state = state.append(new Int32Array(tokens).fill(1), Int32Array.from(counts));
  }
  expect(made).toEqual([2, 1, 3]);
  decoder.dispose();
  tf.dispose(Object.values(flattenTree(parameters)));
  await backend.activate();
});
