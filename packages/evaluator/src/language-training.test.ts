import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type Batch, type BatchSource, batchesByStep, toBatch } from "@trivium/features";
import { type Architecture, createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import {
  adamW,
  constant,
  consume,
  createMemoryStore,
  type MemoryStore,
  muon,
  type Optimizer,
  type TrainOptions,
  train,
} from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";

beforeAll(async () => {
  await createSimdBackend({ name: "simd-language-training", threads: 1 }).activate();
});

const roads: readonly [Architecture, Objective][] = [
  [causal, causalLm({ loss: "target" })],
  [prefix, prefixLm()],
  [encoderDecoder, seq2seq()],
];

/** Sources of three ids and their reversals, in two micro-batches. */
const reversals = (objective: Objective): BatchSource<Batch> =>
  batchesByStep((step) => {
    const random = createRandom("data").split(step);
    const rows = Array.from({ length: 4 }, (_, at) => {
      const source = Array.from({ length: 3 }, () => 4 + random.integer(4));
      return objective.features(
        { source, target: source.toReversed() },
        { special: reservedSpecials(), random: random.split(at) },
      );
    });
    return [toBatch(rows.slice(0, 3), { pad: 0 }), toBatch(rows.slice(3), { pad: 0 })];
  });

function runOf(
  [architecture, objective]: (typeof roads)[number],
  store: MemoryStore,
  { signal, optimizer = adamW() }: { readonly signal?: AbortSignal; readonly optimizer?: Optimizer } = {},
): TrainOptions<Batch> {
  const config = { vocabulary: 8, length: 12, width: 8, heads: 2, layers: 2, dropout: 0.1 };
  const model = createModel({ architecture, config, attention: reference() });
  return {
    task: languageTask({ model, objective }),
    batches: reversals(objective),
    optimizer,
    schedule: constant({ rate: 0.02 }),
    steps: 8,
    clipNorm: 1,
    seed: 3,
    checkpoint: { store },
    resume: true,
    signal,
  };
}

const updated = roads.flatMap((road) =>
  [adamW(), muon()].map((optimizer) => ({ road, optimizer, title: `${road[0].name}, ${optimizer.name}` })),
);

test.each(updated)(
  "$title: live tensors are constant, and aborted and resumed equals undisturbed bit for bit",
  async ({ road, optimizer }) => {
    const [whole, pieces] = [createMemoryStore(), createMemoryStore()];
    const before = tf.memory().numTensors;
    const live = new Set<number>();
    const { parameters } = await consume(train(runOf(road, whole, { optimizer })), ({ type }) => {
      if (type === "step") live.add(tf.memory().numTensors);
    });
    disposeTree(parameters);
    expect([live.size, tf.memory().numTensors]).toEqual([1, before]);
    for (const stopAfter of [3, 8]) {
      const abort = new AbortController();
      const part = await consume(train(runOf(road, pieces, { optimizer, signal: abort.signal })), (event) => {
        if (event.type === "step" && event.step === stopAfter) abort.abort();
      });
      disposeTree(part.parameters);
    }
    expect(pieces.newest()!.model).toEqual(whole.newest()!.model);
    expect(pieces.newest()!.optimizer).toEqual(whole.newest()!.optimizer);
  },
);

test.each(roads)("$name: recomputation changes no bit of the weights", async (...road) => {
  const [plain, recomputed] = [createMemoryStore(), createMemoryStore()];
  for (const [store, recompute] of [
    [plain, false],
    [recomputed, true],
  ] as const) {
    const { parameters } = await consume(train({ ...runOf(road, store), recompute }));
    disposeTree(parameters);
  }
  expect(recomputed.newest()!.model).toEqual(plain.newest()!.model);
});
