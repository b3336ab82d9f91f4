import { fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { cpu } from "@trivium/backend-tfjs";
import { createRandom } from "@trivium/core";
import {
  embedding,
  flattenTree,
  isPacked,
  mapTree,
  type ParameterTree,
  packedShape,
  type Tensor,
  tf,
  unflattenTree,
  type Weight,
  type WeightFormat,
} from "@trivium/tensor";
import { expect, test } from "vitest";
import { createModel } from "./create-model.ts";
import type { LanguageModel } from "./model.ts";
import { packParameter } from "./pack-parameter.ts";
import { causal, encoderDecoder, prefix } from "./testing/architectures.ts";
import { families } from "./testing/families.ts";
import { sampleInput } from "./testing/sample-input.ts";

const backend = createSimdBackend({ name: "simd-packed", poison: true });
const sizes = { vocabulary: 40, length: 16, layers: 2, width: 32, heads: 2, feedForward: 64 };
const rows = [
  { length: 7, prefixLength: 3 },
  { length: 5, prefixLength: 2 },
];

function pack(parameters: ParameterTree, format: WeightFormat): ParameterTree {
  const held = Object.entries(flattenTree(parameters)).map(
    ([path, parameter]) => [path, packParameter(path, parameter.clone(), format)] as const,
  );
  return unflattenTree<Tensor>(Object.fromEntries(held));
}

/** The float32 tree of the numbers that packed weights keep. */
function kept(parameters: ParameterTree, format: WeightFormat): ParameterTree {
  const unpacked = (parameter: Tensor, path: string): Tensor => {
    const held = packParameter(path, parameter.clone(), format) as unknown as Weight;
    if (!isPacked(held)) return held as Tensor;
    const rows = embedding(held, tf.range(0, packedShape(held)[0], 1, "int32"));
    return path.endsWith("embedding.weight") ? rows : tf.transpose(rows);
  };
  return mapTree(parameters, (parameter, path) => tf.tidy(() => unpacked(parameter, path)));
}

/** Logits of prompts and of two tokens behind each, of some of the rows. */
function decode(model: LanguageModel, parameters: ParameterTree, some: typeof rows): number[][] {
  const decoder = model.decoder(parameters);
  const prompts = sampleInput(model.architecture, { rows: some });
  let state = decoder.prefill(prompts);
  const logits = [...(state.logits.arraySync() as number[][])];
  for (const id of [3, 5]) {
    state = state.append(new Int32Array(some.length).fill(id), new Int32Array(some.length).fill(1));
    logits.push(...(state.logits.arraySync() as number[][]));
  }
  decoder.dispose();
  return logits;
}

const largest = (a: number[][], b: number[][]): number =>
  Math.max(...a.flatMap((row, at) => row.map((x, place) => Math.abs(x - b[at]![place]!))));

const subjects = [causal, prefix, encoderDecoder].flatMap((architecture) =>
  (["GPT-2 style", "Llama style"] as const).map((family) => ({ architecture, family })),
);

test.each(subjects)(
  "$architecture.name, $family: packed weights decode by the numbers that they keep",
  async ({ architecture, family }) => {
    await backend.activate();
    const config = { ...families[family], ...sizes };
    const model = createModel({ architecture, config, attention: fused() });
    const before = tf.memory().numTensors;
    const parameters = model.createParameters(createRandom("packed"));
    const exact = decode(model, parameters, rows);
    // q8 rounds factors to 2⁻¹⁴ of the largest of their block: a logit may move by 13 of these, and 6 were seen.
    for (const [format, ofKept, ofExact] of [
      ["f32", 0, 0],
      ["bf16", 1e-5, 0.05],
      ["q8", 13 * 2 ** -14, 0.05],
    ] as const) {
      const packed = pack(parameters, format);
      const logits = decode(model, packed, rows);
      const numbers = kept(parameters, format);
      expect(largest(logits, decode(model, numbers, rows))).toBeLessThanOrEqual(ofKept);
      expect(largest(logits, exact)).toBeLessThanOrEqual(ofExact);
      // Alone, the first row has the bits that it has beside the second.
      const alone = decode(model, packed, rows.slice(0, 1));
      expect(alone[1]).toEqual(logits[2]);
      tf.dispose([packed, numbers]);
    }
    tf.dispose(parameters);
    expect(tf.memory().numTensors).toBe(before);
  },
);

test("a backend without packed weights refuses them by name", async () => {
  await cpu.activate();
  const matrix = tf.ones([32, 32]);
  expect(() => packParameter("head.weight", matrix, "q8")).toThrow(
    'backend "cpu" cannot hold weights as q8; use f32, or the backend "simd"',
  );
  expect(packParameter("head.weight", matrix, "f32")).toBe(matrix);
  matrix.dispose();
});
