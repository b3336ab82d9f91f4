import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import { causal, full, or, prefix } from "@trivium/masks";
import { type Architecture, createModel } from "@trivium/model";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, expect, test } from "vitest";
import { adamW } from "./adam-w.ts";
import type { BatchSource } from "./batch-source.ts";
import { consume } from "./consume.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";
import { muon } from "./muon.ts";
import type { Optimizer } from "./optimizer.ts";
import { smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const roads: readonly [Architecture, Objective][] = [
  [{ name: "causal", streams: ["tokens"], selfMask: () => causal() }, causalLm({ loss: "target" })],
  [
    {
      name: "prefix",
      streams: ["tokens"],
      selfMask: ({ prefixLengths }) => or(prefix({ lengths: prefixLengths }), causal()),
    },
    prefixLm(),
  ],
  [
    {
      name: "encoder-decoder",
      streams: ["source", "target"],
      selfMask: { source: () => full(), target: () => causal() },
      crossMask: () => full(),
    },
    seq2seq(),
  ],
];

/** Sources of three ids and their reversals, in two micro-batches. */
const reversals = (objective: Objective): BatchSource => ({
  batches(step) {
    const random = createRandom("data").split(step);
    const rows = Array.from({ length: 4 }, (_, at) => {
      const source = Array.from({ length: 3 }, () => 4 + random.integer(4));
      return objective.features(
        { source, target: source.toReversed() },
        { special: reservedSpecials(), random: random.split(at) },
      );
    });
    return [toBatch(rows.slice(0, 3), { pad: 0 }), toBatch(rows.slice(3), { pad: 0 })];
  },
});

function runOf(
  [architecture, objective]: (typeof roads)[number],
  store: MemoryStore,
  { signal, optimizer = adamW() }: { readonly signal?: AbortSignal; readonly optimizer?: Optimizer } = {},
): TrainOptions {
  const config = { vocabulary: 8, length: 12, width: 8, heads: 2, layers: 2, dropout: 0.1 };
  const model = createModel({ architecture, config, attention: reference() });
  const shared = { batches: reversals(objective), checkpoint: { store }, resume: true, ...(signal && { signal }) };
  return smallRun({ model, objective, optimizer, steps: 8, ...shared });
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

test.each(roads)("$name: checkpointing changes no bit of the weights", async (...road) => {
  const [plain, recomputed] = [createMemoryStore(), createMemoryStore()];
  for (const [store, checkpointing] of [
    [plain, false],
    [recomputed, true],
  ] as const) {
    const { parameters } = await consume(train({ ...runOf(road, store), checkpointing }));
    disposeTree(parameters);
  }
  expect(recomputed.newest()!.model).toEqual(plain.newest()!.model);
});
