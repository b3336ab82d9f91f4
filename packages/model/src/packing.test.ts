import { type AttentionKernel, blockwise, reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type BatchSourceOptions, createBatchSource, type TrainingBatches } from "@trivium/data";
import {
  bart,
  causalLm,
  fillInTheMiddle,
  maskedLm,
  type Objective,
  prefixLm,
  seq2seq,
  spanCorruption,
  ul2,
} from "@trivium/objectives";
import { taskSpecials } from "@trivium/objectives/testing";
import { disposeTree, flattenTree, mapTree, type ParameterTree, tf, valueAndGradients } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { ModelOptions } from "./config.ts";
import { createModel } from "./create-model.ts";
import { factorsOf } from "./logits-of.ts";
import type { LanguageModel } from "./model.ts";
import { causal, encoderDecoder, prefix } from "./testing.ts";

/** Fresh memory of this one holds NaN: what reads before it writes shows. */
beforeAll(() => createSimdBackend({ name: "simd-poisoned-packing", poison: true }).activate());

const config = { vocabulary: 24, length: 32, width: 16, layers: 2, heads: 2 };
const random = createRandom("packing");
const ids = (length: number) => Array.from({ length }, () => 4 + random.integer(20));
const pairs = Array.from({ length: 16 }, () => ({
  source: ids(1 + random.integer(9)),
  target: ids(1 + random.integer(8)),
}));
const texts = Array.from({ length: 8 }, () => ({ tokens: ids(2 + random.integer(14)) }));

/** With a token for each mode of UL2. */
const special = { ...taskSpecials, named: { ...taskSpecials.named, "ul2-r": 19, "ul2-s": 20, "ul2-x": 21 } };

type ArmOfPacking = readonly [string, LanguageModel["architecture"], Objective];

const arms: readonly ArmOfPacking[] = [
  ["causal, loss on everything", causal, causalLm()],
  ["causal, loss on the target", causal, causalLm({ loss: "target", labelSmoothing: 0.1, zLoss: 1e-3 })],
  ["prefix", prefix, prefixLm()],
  ["encoder-decoder", encoderDecoder, seq2seq()],
];
type DenoisingOptions = { readonly layout: "joined" | "separate" };
const middlesOfTokens = (options: DenoisingOptions) => fillInTheMiddle({ ...options, level: "tokens" });
const denoisers = [spanCorruption, bart, middlesOfTokens, ul2] as const;
const ofTexts: readonly ArmOfPacking[] = [
  ...[causal, prefix, encoderDecoder].flatMap((architecture) =>
    denoisers.map((made): ArmOfPacking => {
      const objective = made({ layout: architecture.streams.length > 1 ? "separate" : "joined" });
      return [`${objective.name}, ${architecture.name}`, architecture, objective];
    }),
  ),
  ["masked-lm, prefix", prefix, maskedLm()],
];
const positions: Readonly<Record<string, Partial<ModelOptions>>> = {
  learned: {},
  "learned, restarting behind the prefix": { positions: { kind: "learned", restart: true } },
  rotary: { positions: "rotary" },
  "T5's relative ones": { positions: { kind: "t5", buckets: 6, maxDistance: 12 } },
  ALiBi: { positions: "alibi", keyValueHeads: 1 },
};
const kernels: AttentionKernel[] = [reference(), blockwise({ blockQueries: 8, blockKeys: 8 })];

type Batch = ReturnType<TrainingBatches["batches"]>[number];

interface Measured {
  /** Nats per supervised token. */
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

function measure(model: LanguageModel, objective: Objective, parameters: ParameterTree, batch: Batch): Measured {
  const { value, gradients } = valueAndGradients(
    () => objective.loss(factorsOf(model, parameters, batch), batch).sum,
    parameters,
  );
  const leaves = Object.entries(flattenTree(gradients));
  const values = new Map(leaves.map(([path, leaf]) => [path, leaf.dataSync().slice() as Float32Array]));
  const loss = (value.dataSync()[0] as number) / batch.supervisedTokens;
  value.dispose();
  disposeTree(gradients);
  return { loss, gradients: values };
}

/** Zero biases would hide what reaches them. */
function spread(parameters: ParameterTree): ParameterTree {
  return mapTree(parameters, (leaf, path) => {
    const own = createRandom(`spread/${path}`);
    return tf.tensor(
      leaf.dataSync().map((value) => value + 0.2 * own.normal()),
      leaf.shape,
    );
  });
}

/** The same examples with a row each, and packed. */
function batchesOf(examples: BatchSourceOptions["examples"], objective: Objective): readonly [Batch, Batch] {
  const options = { examples, special, objective, batchSize: examples.length, seed: 1 };
  const [alone, packed] = [undefined, 40].map((packing) => createBatchSource({ ...options, packing }).batches(0)[0]);
  return [alone as Batch, packed as Batch];
}

/** Losses to 1e-5 nats a token, gradients to 1e-5 of their norm. */
function expectSame(model: LanguageModel, objective: Objective, [alone, packed]: readonly [Batch, Batch]): void {
  const parameters = spread(model.createParameters(createRandom(3)));
  const expected = measure(model, objective, parameters, alone);
  const actual = measure(model, objective, parameters, packed);
  expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(1e-5);
  for (const [path, gradient] of expected.gradients) {
    const apart = Math.hypot(...gradient.map((value, at) => value - (actual.gradients.get(path)?.[at] ?? Number.NaN)));
    expect(apart, path).toBeLessThan(1e-5 * Math.max(1, Math.hypot(...gradient)));
  }
}

describe.each(arms)("%s", (_name, architecture, objective) => {
  const [alone, packed] = batchesOf([...pairs, ...texts], objective);

  test.each(Object.entries(positions))(
    "%s positions: the loss and every gradient of the unpacked batch",
    (_, options) => {
      for (const attention of kernels)
        expectSame(createModel({ architecture, config: { ...config, ...options }, attention }), objective, [
          alone,
          packed,
        ]);
    },
  );

  test("counts are those of the unpacked batch, in a third of its slots less", () => {
    expect(packed.supervisedTokens).toBe(alone.supervisedTokens);
    expect(packed.seenTokens).toBe(alone.seenTokens);
    expect(packed.targets.length).toBeLessThan(0.7 * alone.targets.length);
  });
});

test.each(ofTexts)("%s: the loss and every gradient of the unpacked batch", (_name, architecture, objective) => {
  const batches = batchesOf(texts, objective);
  expect(batches[1].size).toBeLessThan(batches[0].size);
  expectSame(createModel({ architecture, config, attention: reference() }), objective, batches);
});
