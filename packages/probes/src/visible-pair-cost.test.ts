import "@tensorflow/tfjs-backend-cpu";
import { type AttentionKernel, blockwise, reference } from "@trivium/attention";
import { type Mask, visiblePairs } from "@trivium/masks";
import { tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { countVisiblePairs } from "./count-visible-pairs.ts";
import { arms } from "./testing/probed-models.ts";
import { visiblePairCost } from "./visible-pair-cost.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const formulas: Readonly<Record<string, (m: number, t: number) => number>> = {
  causal: (m, t) => ((m + t) * (m + t + 1)) / 2,
  prefix: (m, t) => ((m + t) * (m + t + 1)) / 2 + (m * (m - 1)) / 2,
  "encoder-decoder": (m, t) => m * m + m * t + (t * (t + 1)) / 2,
};

test.each(arms)("$name: visible pairs are those of the closed form", ({ name, architecture }) => {
  const length = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(length, length, (source, target) => {
      const { visible, all, fraction } = countVisiblePairs({ architecture, source, target });
      expect(visible).toBe(formulas[name]?.(source, target));
      expect(all).toBe(
        name === "encoder-decoder" ? source ** 2 + target ** 2 + source * target : (source + target) ** 2,
      );
      expect(fraction).toBe(visible / all);
    }),
  );
});

test("kernels are run on exactly these masks and on full ones; all but seconds is always the same", () => {
  for (const { architecture } of arms) {
    const asked: { mask: Mask; queries: number; keys: number }[] = [];
    const watched: AttentionKernel = {
      ...reference(),
      attend(request) {
        asked.push({ mask: request.mask, queries: request.query.shape[2], keys: request.key.shape[2] });
        return reference().attend(request);
      },
    };
    const options = { architecture, source: 6, target: 4, headWidth: 4, repeats: 1, kernels: [watched, blockwise()] };
    const before = tf.memory().numTensors;
    const { kernels, ...counted } = visiblePairCost(options);
    expect(tf.memory().numTensors).toBe(before);
    expect(counted).toEqual(countVisiblePairs(options));
    // One run to warm up and one that counts, forward and with gradients.
    const total = asked.reduce((sum, { mask, ...size }) => sum + visiblePairs(mask, size), 0);
    expect(total).toBe(4 * (counted.visible + counted.all));
    expect(kernels.map(({ kernel }) => kernel)).toEqual(["reference", "blockwise"]);
    for (const { seconds, fullSeconds } of kernels) {
      for (const taken of [...Object.values(seconds), ...Object.values(fullSeconds)]) expect(taken).toBeGreaterThan(0);
    }
  }
});
