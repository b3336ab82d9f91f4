import { fused } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { disposeTree, tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import { createModel } from "./create-model.ts";
import { causal, encoderDecoder, sampleInput, sampleVocabulary } from "./testing.ts";

const simd = createSimdBackend({ name: "simd-run-stack", threads: 1 });
const [rows, length, width] = [16, 32, 32];

test.each([causal, encoderDecoder])(
  "$name: without gradients, a layer leaves nothing but its states",
  async (architecture) => {
    await simd.activate();
    const peak = (layers: number): number => {
      const config = { vocabulary: sampleVocabulary, length, width, layers };
      const model = createModel({ architecture, config, attention: fused() });
      const parameters = model.createParameters(createRandom(1));
      const input = sampleInput(architecture, {
        rows: Array.from({ length: rows }, () => ({ length, prefixLength: 8 })),
      });
      const session = simd.profile();
      const { liveBytes } = simd.use();
      tf.tidy(() => void model.states(parameters, input));
      const { peakBytes } = session.take();
      session.stop();
      disposeTree(parameters);
      return peakBytes - liveBytes;
    };
    // The first product of matrices allocates packing buffers, which stay.
    peak(1);
    const statesBytes = 4 * rows * length * width;
    expect((peak(8) - peak(4)) / 4).toBeLessThan(1.1 * architecture.streams.length * statesBytes);
  },
);
