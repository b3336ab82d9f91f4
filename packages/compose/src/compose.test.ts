import { type AttentionKernel, fused, reference } from "@trivium/attention";
import { causal as causalMask, drawAscii, full, type Mask } from "@trivium/masks";
import type { Architecture } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, prefixLm, seq2seq } from "@trivium/objectives";
import type { Backend } from "@trivium/tensor";
import { expect, test } from "vitest";
import { compose, composeOrThrow } from "./compose.ts";

const config = { vocabulary: 64, width: 16, layers: 2, heads: 2 };
const attention = reference();

/** A kernel that can do nothing but causal attention. */
const causalOnly: AttentionKernel = {
  ...attention,
  name: "causal-only",
  supports: ({ masks = [] }) =>
    masks.every((mask) => !mask.visible(0, 0, 0, 1)) || {
      code: "attention/causal-only",
      message: 'attention "causal-only" has no masks that look ahead; use "reference"',
    },
};

test("every architecture works with the objective that makes its streams", () => {
  expect(compose({ architecture: causal, objective: causalLm(), config, attention })).toMatchObject({
    works: true,
    warnings: [],
  });
  expect(compose({ architecture: prefix, objective: prefixLm(), config, attention })).toMatchObject({
    works: true,
    warnings: [],
  });
  expect(compose({ architecture: encoderDecoder, objective: seq2seq(), config, attention })).toMatchObject({
    works: true,
  });
  expect(compose({ architecture: causal, objective: causalOnlyObjective, config, attention: causalOnly }).works).toBe(
    true,
  );
});
const causalOnlyObjective = causalLm({ loss: "target" });

test("streams that do not fit are refused with the reason", () => {
  expect(compose({ architecture: encoderDecoder as never, objective: causalLm(), config, attention })).toEqual({
    works: false,
    reasons: [
      {
        code: "objective/streams",
        message:
          'objective "causal-lm" makes the streams [tokens], and architecture "encoder-decoder" runs [source, target]',
      },
    ],
  });
});

test("whether rows are packed, the kernel is told before anything runs", () => {
  const unpackedOnly: AttentionKernel = {
    ...attention,
    supports: ({ masks = [] }) =>
      masks.every(({ spec }) => spec.type !== "packed") || { code: "attention/unpacked", message: "no packed rows" },
  };
  const parts = { architecture: encoderDecoder, objective: seq2seq(), config, attention: unpackedOnly };
  expect(compose(parts).works).toBe(true);
  expect(compose({ ...parts, isPacked: true })).toMatchObject({ reasons: [{ code: "attention/unpacked" }] });
});

test("a kernel is asked about the mask of merged attention, in whole rows and packed ones", () => {
  const asked: string[][] = [];
  const asking: AttentionKernel = {
    ...attention,
    supports({ masks = [] }) {
      const drawn = drawAscii(masks.at(-1) as Mask, { queries: 9, keys: 18 })
        .trim()
        .split("\n");
      asked.push(drawn.slice(-9).map((row) => row.replace(/^\d /, "")));
      return true;
    },
  };
  const merged = { ...config, crossAttention: "merged" } as const;
  const parts = { architecture: encoderDecoder, objective: seq2seq(), config: merged, attention: asking };
  for (const isPacked of [false, true]) expect(compose({ ...parts, isPacked }).works).toBe(true);
  const [whole, packed] = asked as [string[], string[]];
  expect(whole.slice(0, 2)).toEqual(["████████·█········", "████████·██·······"]);
  expect(packed.slice(4, 6)).toEqual(["█████····█████····", "·····███······█···"]);
});

test("a prefix mask with a causal-only kernel is refused in the kernel's words", () => {
  expect(compose({ architecture: prefix, objective: prefixLm(), config, attention: causalOnly })).toEqual({
    works: false,
    reasons: [
      {
        code: "attention/causal-only",
        message: 'attention "causal-only" has no masks that look ahead; use "reference"',
      },
    ],
  });
});

test("fused attention is refused on a backend that does not have it, and nothing else takes its place", () => {
  const plain: Backend = {
    name: "plain",
    reads: "cheap",
    arithmetic: "float32",
    fused: [],
    probe: async () => ({ available: true, detail: "" }),
    activate: async () => {},
  };
  const parts = { architecture: causal, objective: causalLm(), config, attention: fused() };
  expect(() => composeOrThrow({ ...parts, backend: plain })).toThrow(
    'this combination cannot work: backend "plain" has no fused attention; use the attention kernel "reference"',
  );
  expect(compose({ ...parts, backend: { ...plain, fused: ["attention"] } })).toMatchObject({ works: true });
});

test("pitfall 11: loss on every token under a prefix mask is refused as a label leak, or warned of when asked for", () => {
  const parts = { architecture: prefix, objective: causalLm(), config, attention };
  const refused = compose(parts);
  expect(refused).toMatchObject({ works: false, reasons: [{ code: "compose/label-leak" }] });
  expect(compose({ ...parts, labelLeaks: "warn" })).toMatchObject({
    works: true,
    warnings: [{ code: "compose/label-leak" }],
  });
});

test("a leak that a pair and a text show alike is told once", () => {
  const seesAll: Architecture<"tokens"> = {
    name: "sees-all",
    streams: ["tokens"],
    reads: "all",
    selfMask: () => full(),
  };
  const refused = compose({ architecture: seesAll, objective: causalLm(), config, attention });
  expect(refused).toMatchObject({ works: false, reasons: [{ code: "compose/label-leak" }] });
});

test("a configuration that is wrong is told by field", () => {
  const wrong = (change: object) => () =>
    compose({ architecture: causal, objective: causalLm(), attention, config: { ...config, ...change } });
  expect(wrong({ heads: 3 })).toThrow(
    'model "causal": width: 16 is not a multiple of heads, 3; change one or set headWidth',
  );
  expect(wrong({ layers: -1 })).toThrow(/model "causal": layers: /);
  expect(wrong({ widht: 16 })).toThrow(/model "causal": .*widht/);
  expect(wrong({ sharedStacks: true })).toThrow(/sharedStacks: there is one stream, "tokens"/);
});

test("a window that the masks of an architecture ignore is refused, naming the stream", () => {
  const windowed = { ...config, attention: { window: [null, 3] } };
  const parts = { objective: causalLm(), config: windowed, attention };
  expect(compose({ ...parts, architecture: causal })).toMatchObject({ works: true });
  const deaf: Architecture<"tokens"> = { ...causal, name: "deaf", selfMask: () => causalMask() };
  expect(compose({ ...parts, architecture: deaf })).toMatchObject({
    works: false,
    reasons: [
      { code: "compose/ignored-window", message: expect.stringMatching(/"deaf" ignores the window of 3 .*"tokens"/) },
    ],
  });
  expect(compose({ ...parts, architecture: deaf, config })).toMatchObject({ works: true });
});
