import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { attentionInFloat64 } from "@trivium/attention/testing";
import { causal, full, or, prefix } from "@trivium/masks";
import { type ParameterTree, type Tensor, tf, valueAndGradients } from "@trivium/tensor";
import { assertClose, at, type Grid, grid } from "@trivium/tensor/testing/cases";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type AttendOptions,
  multiHeadAttention,
  multiHeadAttentionSpec,
  projectKeyValues,
} from "./multi-head-attention.ts";
import { rotation } from "./positions/rotary.ts";
import { affineInFloat64, gridOf } from "./testing/affine-in-float64.ts";
import { spreadParameters } from "./testing/spread-parameters.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const [B, Q, M, H, D] = [2, 4, 6, 4, 2];
const deviations = { query: 0.5, keyValue: 0.5, output: 0.5 };
const parametersOf = (keyValueHeads: number, biases = true) =>
  spreadParameters(
    multiHeadAttentionSpec({
      width: M,
      heads: H,
      keyValueHeads,
      headWidth: D,
      biases: { queryKeyValue: biases, output: biases },
      deviations,
    }),
    keyValueHeads,
  );
const states = (length: number, seed: number) => tf.randomNormal([B, length, M], 0, 1, "float32", seed);

function headsOf(x: Grid, heads: number): Grid {
  return grid([B, heads, x.shape[1]!, D], ([b, h, slot, d]) => at(x, [b!, slot!, h! * D + d!]));
}

interface Oracle {
  readonly parameters: ParameterTree;
  readonly x: Tensor;
  readonly memory: Tensor;
  readonly keyValueHeads: number;
  readonly options: Pick<AttendOptions, "mask" | "scale">;
}

function attentionLayerInFloat64({ parameters, x, memory, keyValueHeads: G, options }: Oracle): Grid {
  const project = (name: string, of: Tensor, heads: number) =>
    headsOf(affineInFloat64(parameters[name] as ParameterTree, gridOf(of)), heads);
  const K = memory.shape[1] as number;
  const attended = attentionInFloat64({
    shape: { B, H, G, Q, K, D },
    query: project("query", x, H).values,
    key: project("key", memory, G).values,
    value: project("value", memory, G).values,
    visible: options.mask.visible,
    bias: () => 0,
    scale: options.scale,
  });
  const merged = grid([B, Q, H * D], ([b, slot, channel]) => {
    const h = Math.floor(channel! / D);
    return attended[((b! * H + h) * Q + slot!) * D + (channel! % D)]!;
  });
  return affineInFloat64(parameters.output as ParameterTree, merged);
}

describe.each([
  ["as many key/value heads as query heads", 4],
  ["two query heads to each key/value head", 2],
  ["one key/value head for all", 1],
])("%s", (_, keyValueHeads) => {
  test.each([
    ["causal", causal(), Q, D ** -0.5],
    ["prefix, of another length in each row", or(prefix({ lengths: [3, 2] }), causal()), Q, D ** -0.5],
    ["cross-attention to 5 states, unscaled as in T5", full(), 5, 1],
  ])("%s agrees with float64", (name, mask, K, scale) => {
    for (const biases of [true, false]) {
      const parameters = parametersOf(keyValueHeads, biases);
      const x = states(Q, 1);
      const memory = K === Q ? x : states(K, 2);
      const keyValues = projectKeyValues(parameters, memory, { keyValueHeads });
      const result = multiHeadAttention(parameters, x, keyValues, { kernel: reference(), heads: H, mask, scale });
      const options = { mask, scale };
      const expected = attentionLayerInFloat64({ parameters, x, memory, keyValueHeads, options });
      assertClose(name, gridOf(result), expected, 5e-5);
    }
  });
});

test("every parameter and the states have a gradient", () => {
  const parameters = parametersOf(2);
  const x = states(Q, 3);
  const attend = () => {
    const options = { kernel: reference(), heads: H, mask: causal(), scale: 1 };
    return tf.sum(
      tf.sin(multiHeadAttention(parameters, x, projectKeyValues(parameters, x, { keyValueHeads: 2 }), options)),
    );
  };
  const { gradients, unreached } = valueAndGradients(attend, { ...parameters, x });
  expect(unreached).toEqual([]);
  expect(gradients.x?.shape).toEqual([B, Q, M]);
});

test("rotary positions turn queries and keys, so that only distances count", () => {
  const parameters = parametersOf(2);
  const x = states(Q, 4);
  const at = (first: number) => {
    const rotary = rotation([[0, 1, 2, 3].map((slot) => first + slot)], D);
    const options = { kernel: reference(), heads: H, mask: causal(), scale: 1, rotary };
    return gridOf(
      multiHeadAttention(parameters, x, projectKeyValues(parameters, x, { keyValueHeads: 2, rotary }), options),
    );
  };
  assertClose("shifted", at(30), at(0), 1e-4);
  const plain = { kernel: reference(), heads: H, mask: causal(), scale: 1 };
  const without = gridOf(
    multiHeadAttention(parameters, x, projectKeyValues(parameters, x, { keyValueHeads: 2 }), plain),
  );
  expect(() => assertClose("without positions", at(0), without, 1e-2)).toThrow("without positions");
});
