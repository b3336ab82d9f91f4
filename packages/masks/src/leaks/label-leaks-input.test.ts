import { expect, test } from "vitest";
import { causal } from "../primitives/causal.ts";
import { full } from "../primitives/full.ts";
import { prefix } from "../primitives/prefix.ts";
import { labelLeaks } from "./label-leaks.ts";

const wrong: readonly [message: string, act: () => unknown][] = [
  [
    'the self-attention of stream "tokens" has no mask; say which it is',
    () => labelLeaks({ streams: { tokens: 2 }, selfMask: null as never, layers: 1 }),
  ],
  [
    'the self-attention of stream "source" has no mask',
    () => labelLeaks({ streams: { source: 2, target: 2 }, selfMask: { target: causal() }, layers: 1 }),
  ],
  [
    'the cross-attention of "target" to "source" has no mask',
    () => labelLeaks({ streams: { source: 2, target: 2 }, selfMask: full(), layers: 1 }),
  ],
  ["there should be one or two streams, got 0", () => labelLeaks({ streams: {}, selfMask: full(), layers: 1 })],
  [
    "layers of tokens should be an integer of at least 0, got -1",
    () => labelLeaks({ streams: { tokens: 2 }, selfMask: full(), layers: -1 }),
  ],
  [
    "layers of target should be an integer of at least 0, got undefined",
    () => labelLeaks({ streams: { source: 2, target: 2 }, selfMask: full(), crossMask: full(), layers: { source: 1 } }),
  ],
  [
    "tokens should be an integer of at least 0, got 2.5",
    () => labelLeaks({ streams: { tokens: 2.5 }, selfMask: full(), layers: 1 }),
  ],
  [
    "row 0 of lossWeights should have 3 weights, one for each prediction, got 2",
    () => labelLeaks({ streams: { tokens: 3 }, selfMask: full(), layers: 1, lossWeights: [1, 1] }),
  ],
  [
    "lossWeights[1][0] should be a number ≥ 0, got NaN",
    () => labelLeaks({ streams: { tokens: 1 }, selfMask: full(), layers: 1, lossWeights: [[1], [Number.NaN]] }),
  ],
  [
    "lossWeights 2, selfMask of tokens 3",
    () =>
      labelLeaks({
        streams: { tokens: 1 },
        selfMask: prefix({ lengths: [1, 1, 1] }),
        layers: 1,
        lossWeights: [[1], [1]],
      }),
  ],
  [
    "the label of position 0 should be in a stream, got tokens[7]; streams: tokens of 2",
    () =>
      labelLeaks({
        streams: { tokens: 2 },
        selfMask: full(),
        layers: 1,
        labels: () => [{ stream: "tokens", position: 7 }],
      }),
  ],
  [
    "shift should be an integer, got 0.5",
    () => labelLeaks({ streams: { tokens: 2 }, selfMask: full(), layers: 1, shift: 0.5 }),
  ],
];

test.each(wrong)("bad input is named: %s", (message, act) => {
  expect(act).toThrow(message);
});
