import "@tensorflow/tfjs-backend-cpu";
import { markedBatch } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { readAttention } from "./read-attention.ts";
import { arms, probedModel } from "./testing/probed-models.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

test.each(arms)("$name: every layer is read once, in its order, and what is hidden has no weight", (arm) => {
  const { architecture, objective } = arm;
  const probed = probedModel(architecture, { layers: 2 });
  const { batch: input } = markedBatch(objective, [{ source: [5, 9, 7], target: [6, 11] }], {});
  const before = tf.memory().numTensors;
  const places: string[] = [];
  readAttention({ ...probed, input }, ({ stream, layer, over, weights, request }) => {
    places.push(`${stream} ${layer} ${over}`);
    const [, heads, queries, keys] = weights.shape;
    const values = Float32Array.from(weights.dataSync());
    for (let head = 0; head < heads; head++) {
      for (let query = 0; query < queries; query++) {
        const row = values.subarray((head * queries + query) * keys, (head * queries + query + 1) * keys);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
        for (const [key, weight] of row.entries()) {
          if (!request.mask.visible(0, head, query, key)) expect(weight).toBe(0);
        }
      }
    }
  });
  expect(tf.memory().numTensors).toBe(before);
  const pair = ["source 0 self", "source 1 self", "target 0 self", "target 0 cross", "target 1 self", "target 1 cross"];
  expect(places).toEqual(architecture.crossMask ? pair : ["tokens 0 self", "tokens 1 self"]);
});
