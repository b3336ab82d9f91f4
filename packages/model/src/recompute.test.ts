import { blockwise, fused, reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { cpu } from "@trivium/backend-tfjs";
import { createRandom } from "@trivium/core";
import { disposeTree, flattenTree, type ParameterTree, type Tensor, tf, valueAndGradients } from "@trivium/tensor";
import { describe, expect, test } from "vitest";
import type { ModelOptions } from "./config.ts";
import { createModel } from "./create-model.ts";
import { logitsOf } from "./logits-of.ts";
import type { LanguageModel } from "./model.ts";
import { causal, encoderDecoder, prefix, sampleInput, sampleVocabulary } from "./testing.ts";

const simd = createSimdBackend({ name: "simd-recompute", poison: true, threads: 2 });
const architectures = [causal, prefix, encoderDecoder];
const base = { vocabulary: sampleVocabulary, length: 16, width: 8, heads: 2, layers: 3, dropout: 0.2 };
const families: Readonly<Record<string, Partial<ModelOptions>>> = {
  "GPT-2 style": {},
  "T5 style": { positions: { kind: "t5", buckets: 4 }, norm: "rms", activation: "geglu-tanh", biases: false },
  "Llama style": { positions: "rotary", norm: "rms", activation: "swiglu", keyValueHeads: 1, head: { tied: false } },
  "BART style": { norm: { placement: "post" }, positions: "sinusoidal", scaleEmbeddings: true },
  ALiBi: { positions: "alibi" },
};

const fewRows = [
  { length: 7, prefixLength: 3 },
  { length: 5, prefixLength: 2 },
];
/** So many that intermediates weigh more than parameters. */
const manyRows = Array.from({ length: 24 }, () => ({ length: 16, prefixLength: 5 }));

/** The loss and all gradients of one batch, as numbers. */
function taken(
  model: LanguageModel,
  parameters: ParameterTree,
  recompute: boolean,
  rows = fewRows,
): Record<string, number[]> {
  const input = sampleInput(model.architecture, { rows });
  const loss = () => tf.mean(tf.square(logitsOf(model, parameters, input, { dropoutSeed: "seed", recompute })));
  const { value, gradients } = valueAndGradients(loss, parameters);
  const all = Object.entries({ value, ...flattenTree<Tensor>(gradients) });
  const numbers = Object.fromEntries(all.map(([name, tensor]) => [name, Array.from(tensor.dataSync())]));
  value.dispose();
  disposeTree(gradients);
  return numbers;
}

describe.each([cpu, simd])("on $name, recomputation", (backend) => {
  const cases = architectures.flatMap((architecture) =>
    Object.entries(families).flatMap(([family, config]) =>
      [reference(), blockwise({ blockQueries: 4, blockKeys: 3 }), ...(backend === simd ? [fused()] : [])].map(
        (attention) => [architecture.name, family, attention.name, { architecture, config, attention }] as const,
      ),
    ),
  );

  test.each(cases)("changes no bit of a gradient: %s, %s, %s", async (_architecture, _family, _kernel, parts) => {
    await backend.activate();
    const model = createModel({ ...parts, config: { ...base, ...parts.config } });
    const parameters = model.createParameters(createRandom(1));
    const before = tf.memory().numTensors;
    const plain = taken(model, parameters, false);
    expect(taken(model, parameters, true)).toEqual(plain);
    expect(tf.memory().numTensors).toBe(before);
    disposeTree(parameters);
  });

  test("changes no bit where the streams share their stacks", async () => {
    await backend.activate();
    const config = { ...base, sharedStacks: true };
    const model = createModel({ architecture: encoderDecoder, config, attention: reference() });
    const parameters = model.createParameters(createRandom(1));
    expect(taken(model, parameters, true)).toEqual(taken(model, parameters, false));
    disposeTree(parameters);
  });
});

test.each(architectures)("$name: the engine's peak is lower, and grows less with every layer", async (architecture) => {
  await simd.activate();
  const peak = (layers: number, recompute: boolean): number => {
    const model = createModel({ architecture, config: { ...base, width: 32, layers }, attention: reference() });
    const parameters = model.createParameters(createRandom(1));
    const session = simd.profile();
    const { liveBytes } = simd.use();
    taken(model, parameters, recompute, manyRows);
    const { peakBytes } = session.take();
    session.stop();
    disposeTree(parameters);
    return peakBytes - liveBytes;
  };
  // The first product of matrices allocates packing buffers, which stay.
  peak(1, false);
  expect(peak(8, true)).toBeLessThan(0.3 * peak(8, false));
  const perLayer = (recompute: boolean) => (peak(8, recompute) - peak(4, recompute)) / 4;
  expect(perLayer(true)).toBeLessThan(0.2 * perLayer(false));
});
