import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import { expect, test } from "vitest";
import { createModel } from "./create-model.ts";
import { encoderDecoder, sampleInput, tinyConfig, withId } from "./testing.ts";

test("pitfall 28: a row keeps its whole source under a window, and takes it along when beams move", async () => {
  await simd.activate();
  const config = { ...tinyConfig, attention: { window: 1 } };
  const model = createModel({ architecture: encoderDecoder, config, attention: reference() });
  const decoder = model.decoder(model.createParameters(createRandom(1)));
  const decoded = (input: ModelInput): number[][] => {
    const moved = decoder.prefill(input).select(Int32Array.of(1, 0, 0));
    const state = moved.append(Int32Array.of(3, 4, 5), Int32Array.of(1, 1, 1));
    expect([...state.sources]).toEqual([5, 7, 7]);
    return state.logits.arraySync();
  };
  const rows = [7, 5].map((length) => ({ length, prefixLength: 0 }));
  const input = sampleInput(encoderDecoder, { rows });
  const before = decoded(input);
  const after = decoded(withId(input, "source", { row: 0, slot: 0 }));
  const changed = after.map((logits, row) => logits.some((value, id) => value !== before[row]?.[id]));
  expect(changed).toEqual([false, true, true]);
  decoder.dispose();
});
