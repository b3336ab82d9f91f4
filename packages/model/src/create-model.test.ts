import { reference } from "@trivium/attention";
import { cpu } from "@trivium/backend-tfjs";
import { createRandom } from "@trivium/core";
import { countParameters, flattenTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { countModelParameters } from "./counters.ts";
import { createModel } from "./create-model.ts";
import { logitsOf } from "./logits-of.ts";
import { causal, encoderDecoder, prefix, sampleInput } from "./testing.ts";

beforeAll(() => cpu.activate());

const attention = reference();
const config = { vocabulary: 17, length: 8, width: 8, layers: 2, heads: 2 };

test("the parameters that are made are the ones that are counted, in every variant", () => {
  for (const architecture of [causal, prefix, encoderDecoder]) {
    for (const variant of [
      {},
      { head: { tied: false }, activation: "swiglu" },
      { positions: "t5", norm: "rms", biases: false },
    ] as const) {
      const options = { ...config, ...variant };
      const parameters = createModel({ architecture, config: options, attention }).createParameters(createRandom(1));
      expect(countParameters(parameters)).toBe(countModelParameters(architecture, options));
    }
  }
});

test("initial weights have the deviations of their source", () => {
  const wide = { ...config, vocabulary: 500, width: 64, heads: 4 };
  const deviations = (initialisation: "gpt-2" | "t5") => {
    const parameters = createModel({
      architecture: causal,
      config: { ...wide, initialisation },
      attention,
    }).createParameters(createRandom(1));
    return Object.fromEntries(
      Object.entries(flattenTree(parameters)).map(([path, leaf]) => [
        path,
        Math.hypot(...leaf.dataSync()) / Math.sqrt(leaf.size),
      ]),
    );
  };
  const gpt2 = deviations("gpt-2");
  expect(gpt2["embedding.weight"]).toBeCloseTo(0.02, 3);
  expect(gpt2["tokens.layers.0.self.output.weight"]).toBeCloseTo(0.01, 3);
  expect(gpt2["tokens.layers.1.feedForward.up.weight"]).toBeCloseTo(0.02, 3);
  expect(gpt2["tokens.layers.1.feedForward.up.bias"]).toBe(0);
  const t5 = deviations("t5");
  expect(t5["embedding.weight"]).toBeCloseTo(1, 1);
  expect(t5["tokens.layers.0.self.query.weight"]).toBeCloseTo((64 * 16) ** -0.5, 2);
});

test("the same seed gives the same parameters, whatever else is configured", () => {
  const first = (options: object) =>
    (
      flattenTree(
        createModel({ architecture: causal, config: { ...config, ...options }, attention }).createParameters(
          createRandom(3),
        ),
      )["tokens.layers.0.self.query.weight"] as tf.Tensor
    ).dataSync();
  expect(first({})).toEqual(first({ head: { tied: false }, positions: "rotary" }));
});

test("a fresh model is nearly uniform over its vocabulary", () => {
  const model = createModel({ architecture: causal, config, attention });
  const logits = logitsOf(
    model,
    model.createParameters(createRandom(1)),
    sampleInput(causal, { rows: [{ length: 5, prefixLength: 2 }] }),
  );
  expect(Math.max(...tf.softmax(logits).dataSync())).toBeLessThan(1.2 / 17);
});

test("pitfall 13: what is decoded never joins the prefix", () => {
  const model = createModel({ architecture: prefix, config, attention });
  const parameters = model.createParameters(createRandom(4));
  const prompt = sampleInput(prefix, { rows: [{ length: 3, prefixLength: 3 }] });
  const longer = {
    ...prompt,
    prefixLengths: [3],
    streams: { tokens: { ids: Int32Array.of(...prompt.streams.tokens!.ids, 5, 6), lengths: [5], length: 5 } },
  };
  let state = model.decoder(parameters).prefill(prompt);
  for (const id of [5, 6]) state = state.append(Int32Array.of(id), Int32Array.of(1));
  const recomputed = logitsOf(model, parameters, longer).arraySync()[0]![4]!;
  const wrong = logitsOf(model, parameters, { ...longer, prefixLengths: [5] }).arraySync()[0]![4]!;
  const cached = state.logits.arraySync()[0]!;
  cached.forEach((value, id) => void expect(value).toBeCloseTo(recomputed[id]!, 5));
  expect(Math.max(...cached.map((value, id) => Math.abs(value - wrong[id]!)))).toBeGreaterThan(1e-5);
});

test("a consumed state, wrong counts, ids or rows, and a row past the model's length are refused", () => {
  const model = createModel({ architecture: causal, config, attention });
  const decoder = model.decoder(model.createParameters(createRandom(1)));
  const prompt = sampleInput(causal, { rows: [{ length: 7, prefixLength: 1 }] });
  const one = Int32Array.of(1);
  let state = decoder.prefill(prompt);
  expect(() => state.append(Int32Array.of(1, 2), one)).toThrow("a count for each of 1 rows and its ids, got 2 ids");
  expect(() => state.append(one, Int32Array.of(1, 0))).toThrow("a count for each of 1 rows");
  expect(() => state.append(Int32Array.of(17), one)).toThrow("ids are from 0 to 16, got 17");
  expect(() => state.append(Int32Array.of(1, 2), Int32Array.of(2))).toThrow(
    'stream "tokens" has a row of 9 tokens and the model\'s length is 8',
  );
  expect(() => state.fork(0)).toThrow("fork(count) needs a positive integer, got 0");
  const before = state;
  state = state.append(one, one);
  expect([...state.lengths, ...state.sealed, ...state.sources]).toEqual([8, 1, 0]);
  expect(() => before.append(one, one)).toThrow("consumed");
  expect(() => state.join(before)).toThrow("consumed");
  expect(() => state.join(state)).toThrow("made by another decoder");
  state.dispose();
  expect(() => state.append(one, one)).toThrow("this state was consumed, disposed, or made by another decoder");
  decoder.dispose();
  expect(() => decoder.prefill(prompt)).toThrow("this decoder was disposed");
});

test("an input without the architecture's streams, or of other sizes, is refused", () => {
  const model = createModel({ architecture: encoderDecoder, config, attention });
  const parameters = model.createParameters(createRandom(1));
  const single = sampleInput(causal, { rows: [{ length: 4, prefixLength: 1 }] });
  expect(() => logitsOf(model, parameters, single)).toThrow(
    "encoder-decoder runs the streams [source, target], got [tokens]",
  );
  const input = sampleInput(encoderDecoder, { rows: [{ length: 4, prefixLength: 0 }] });
  expect(() => logitsOf(model, parameters, { ...input, size: 2 })).toThrow(
    'stream "source" should hold 2 rows of 4 ids, got 4 ids and 1 lengths',
  );
  expect(() =>
    logitsOf(model, parameters, sampleInput(encoderDecoder, { rows: [{ length: 9, prefixLength: 0 }] })),
  ).toThrow("the model's length is 8");
});

test("packed rows are checked, and are no prompts", () => {
  const model = createModel({ architecture: encoderDecoder, config, attention });
  const parameters = model.createParameters(createRandom(1));
  const rows = [
    { length: 5, prefixLength: 2 },
    { length: 4, prefixLength: 2 },
  ];
  const input = sampleInput(encoderDecoder, { rows, packing: 9 });
  const logits = (given: typeof input) => () => logitsOf(model, parameters, given);
  const withSource = (documents: number[][]) => ({
    ...input,
    streams: { ...input.streams, source: { ...input.streams.source!, documents } },
  });
  // Rows may be longer than the model is, documents may not.
  expect(logits(input)().shape).toEqual([1, 9, 17]);
  expect(logits(withSource([[9]]))).toThrow("9 tokens and the model's length is 8");
  expect(logits(withSource([[5, 3]]))).toThrow("row 0 has 9 tokens, its documents [5, 3]");
  expect(logits(withSource([[5, 2, 2]]))).toThrow("another stream holds other documents");
  expect(logits({ ...input, prefixLengths: [0] })).toThrow("1 prefix lengths for 2");
  expect(() => model.decoder(parameters).prefill(input)).toThrow("packed rows cannot be decoded");
});

test("rows of a decoding state can leave, repeat and change places; those that stay go on as if nothing were", () => {
  for (const architecture of [causal, prefix, encoderDecoder]) {
    const model = createModel({ architecture, config, attention });
    const parameters = model.createParameters(createRandom(1));
    const rows = [4, 3, 2].map((length) => ({ length, prefixLength: length }));
    const prompt = sampleInput(architecture, { rows });
    const decoder = model.decoder(parameters);
    const ones = Int32Array.of(1, 1, 1);
    const decode = (order: readonly number[] | undefined) => {
      let state = decoder.prefill(prompt).append(Int32Array.of(5, 6, 7), ones);
      if (order) state = state.select(Int32Array.from(order));
      const ids = (order ?? [0, 1, 2]).map((row) => 8 + row);
      return state.append(Int32Array.from(ids), ones).logits.arraySync();
    };
    const undisturbed = decode(undefined);
    const moved = decode([2, 0, 2]);
    [2, 0, 2].forEach((row, at) => {
      moved[at]!.forEach((value, id) => void expect(value).toBeCloseTo(undisturbed[row]![id]!, 5));
    });
    const state = decoder.prefill(prompt);
    expect(() => state.select(Int32Array.of(3))).toThrow("rows should be some of 0 … 2, got [3]");
    expect(() => state.select(new Int32Array(0))).toThrow("rows should be some of");
    state.select(Int32Array.of(1)).dispose();
    expect(() => state.select(Int32Array.of(1))).toThrow("consumed");
    decoder.dispose();
  }
});
