import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import { causal } from "@trivium/masks";
import type { PositionScheme } from "@trivium/nn";
import { flattenSpecs, flattenTree, mapTree, type ParameterTree, type Tensor1D, tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import type { ModelOptions } from "./config.ts";
import { createModel } from "./create-model.ts";
import { within } from "./input-masks.ts";
import { logitsOf } from "./logits-of.ts";
import { streamLayout } from "./stream-layout.ts";
import { forwardInFloat64, type PlainModel } from "./testing/forward-in-float64.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const architecture: Architecture = {
  name: "causal",
  streams: ["tokens"],
  reads: "past",
  selfMask: ({ window }) => within(causal(), window),
};
const ids = [3, 1, 4, 1, 5, 2];
const input = toBatch([{ streams: { tokens: ids }, prefixLength: 0, targets: ids, lossWeights: ids.map(() => 1) }]);
const base = { vocabulary: 7, length: 8, width: 8, heads: 2, layers: 2, feedForward: 6, activation: "silu" } as const;

type Oracle = Omit<PlainModel, "config" | "parameters" | "visible"> & Partial<Pick<PlainModel, "visible">>;
type Family = readonly [Partial<ModelOptions>, (parameters: ParameterTree) => Oracle];

const tableOf = (parameters: ParameterTree, offset: number) => {
  const rows = flattenTree(parameters)["tokens.positions.weight"]?.arraySync() as number[][];
  return { placed: (position: number) => rows[position + offset] as number[] };
};

/** Turns pairs of channels, given by the index of each pair's first and second one. */
const turning =
  (pairs: readonly (readonly [number, number])[], frequency: (pair: number) => number) =>
  (channels: readonly number[], position: number): number[] => {
    const turned = [...channels];
    pairs.forEach(([first, second], pair) => {
      const [cosine, sine] = [Math.cos(position * frequency(pair)), Math.sin(position * frequency(pair))];
      turned[first] = (channels[first] as number) * cosine - (channels[second] as number) * sine;
      turned[second] = (channels[second] as number) * cosine + (channels[first] as number) * sine;
    });
    return turned;
  };

/** The frequencies of Llama 3.1's released code, which goes by wavelengths. */
const llama3 = (pair: number): number => {
  const frequency = 100 ** -(pair / 2);
  const wavelength = (2 * Math.PI) / frequency;
  const [factor, low, high, length] = [8, 1, 4, 80];
  if (wavelength < length / high) return frequency;
  if (wavelength > length / low) return frequency / factor;
  const smooth = (length / wavelength - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
};

const families: Readonly<Record<string, Family>> = {
  "BART's: positions from row 2 on, norms behind, normed embeddings, biased logits": [
    {
      positions: { kind: "learned", offset: 2 },
      norm: { placement: "post" },
      embeddingNorm: true,
      head: { bias: true },
    },
    (parameters) => tableOf(parameters, 2),
  ],
  "Marian's: sines before cosines": [
    { positions: { kind: "sinusoidal", layout: "halves" } },
    () => ({
      placed: (position) =>
        Array.from({ length: 8 }, (_, at) => {
          const angle = position / 10_000 ** ((2 * (at % 4)) / 8);
          return at < 4 ? Math.sin(angle) : Math.cos(angle);
        }),
    }),
  ],
  "Qwen's: biases of query, key and value alone, heads normed before they turn": [
    {
      positions: { kind: "rotary", base: 100 },
      norm: { kind: "rms", epsilon: 1e-6 },
      biases: { queryKeyValue: true },
      attention: { queryKeyNorm: true },
      keyValueHeads: 1,
    },
    () => ({ turn: turning([[0, 2], [1, 3]], (pair) => 100 ** -(pair / 2)) }), // biome-ignore format: pairs
  ],
  "Llama 3.1's: frequencies scaled by their wavelengths": [
    {
      positions: { kind: "rotary", base: 100, scaling: { kind: "llama3", factor: 8, length: 80 } },
      norm: { kind: "rms", epsilon: 1e-5 },
      biases: false,
    },
    () => ({ turn: turning([[0, 2], [1, 3]], llama3) }), // biome-ignore format: pairs
  ],
  "GPT-NeoX's and GPT-J's: a part of a head turns, in neighbouring pairs, positions scaled": [
    {
      positions: {
        kind: "rotary",
        base: 100,
        fraction: 0.5,
        interleaved: true,
        scaling: { kind: "linear", factor: 2 },
      },
    },
    () => ({ turn: turning([[0, 1]], () => 1 / 2) }),
  ],
  "Gemma's: gains from 1, soft caps, a window in every second layer": [
    {
      positions: "none",
      norm: { kind: "rms", unitOffset: true },
      biases: false,
      head: { softCap: 2 },
      attention: { window: [2, null], scale: "none", softCap: 0.5 },
    },
    () => ({ visible: (layer, query, key) => key <= query && (layer === 1 || key > query - 2) }),
  ],
};

/** Parameters away from their start, where gains of 1 and biases of 0 would hide a mistake. */
const spread = (tree: ParameterTree): ParameterTree =>
  mapTree(tree, (leaf, path) => {
    const random = createRandom(path);
    return tf.tensor(
      leaf.dataSync().map((value) => value + 0.3 * random.normal()),
      leaf.shape,
    );
  });

describe.each(Object.entries(families))("%s", (_, [config, oracle]) => {
  const model = createModel({ architecture, config: { ...base, ...config }, attention: reference() });

  test("logits agree with a plain computation in float64", () => {
    const parameters = spread(model.createParameters(createRandom(1)));
    const visible = (_layer: number, query: number, key: number) => key <= query;
    const plain = { visible, ...oracle(parameters), config: model.config as PlainModel["config"], parameters };
    const expected = forwardInFloat64(plain, ids);
    const logits = tf.tidy(() => logitsOf(model, parameters, input).arraySync()[0] as number[][]);
    logits.forEach((row, at) => {
      expect(row).toEqual(expected[at]!.map((value) => expect.closeTo(value, 4)));
    });
  });

  test("decoding token by token gives the same logits", () => {
    const parameters = spread(model.createParameters(createRandom(1)));
    const whole = tf.tidy(() => logitsOf(model, parameters, input).arraySync()[0] as number[][]);
    const prompt = { ...input, streams: { tokens: { ids: Int32Array.of(3), lengths: [1], length: 1 } } };
    const decoder = model.decoder(parameters);
    let state = decoder.prefill(prompt);
    for (const [at, id] of ids.slice(1).entries()) {
      expect(state.logits.arraySync()[0]).toEqual(whole[at]!.map((value) => expect.closeTo(value, 4)));
      state = state.append(Int32Array.of(id), Int32Array.of(1));
    }
    decoder.dispose();
  });
});

test("layers of one window share one mask, so that its plan is made once", () => {
  const { config } = createModel({
    architecture,
    config: { ...base, layers: 5, attention: { window: [2, null] } },
    attention: reference(),
  });
  const { selfMasks } = streamLayout({ architecture, config: config as PlainModel["config"] }, input, "tokens");
  expect(selfMasks.map((mask) => selfMasks.indexOf(mask))).toEqual([0, 1, 0, 1, 0]);
  expect([selfMasks[0]?.visible(0, 0, 4, 2), selfMasks[1]?.visible(0, 0, 4, 2)]).toEqual([false, true]);
});

test("a position scheme of one's own adds its parameters and its part to the embeddings", () => {
  const shift: PositionScheme = {
    kind: "shift",
    specs: ({ width }) => ({ step: { shape: [width], initial: { constant: 1 } } }),
    embed: ({ parameters, positions }) =>
      tf.mul(tf.tensor3d([positions.map((row) => row.map((at) => [at]))].flat()), parameters.step as Tensor1D),
  };
  const model = createModel({ architecture, config: { ...base, positions: shift }, attention: reference() });
  expect(Object.keys(flattenSpecs(model.specs))).toContain("tokens.step");
  const parameters = model.createParameters(createRandom(1));
  const plain = {
    config: model.config as PlainModel["config"],
    parameters,
    placed: (position: number) => Array.from({ length: 8 }, () => position),
    visible: (_: number, query: number, key: number) => key <= query,
  };
  const logits = tf.tidy(() => logitsOf(model, parameters, input).arraySync()[0] as number[][]);
  const expected = forwardInFloat64(plain, ids);
  logits.forEach((row, at) => void expect(row).toEqual(expected[at]!.map((value) => expect.closeTo(value, 4))));
});
