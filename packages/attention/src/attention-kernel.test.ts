import "@tensorflow/tfjs-backend-cpu";
import { and, causal, type Mask, or, prefix, window } from "@trivium/masks";
import { tf } from "@trivium/tensor";
import { expect, test } from "vitest";
import type { AttentionKernel } from "./attention-kernel.ts";
import { blockwise } from "./blockwise.ts";
import { fused } from "./fused.ts";
import { reference } from "./reference.ts";

/** The positions on which a mask that has to be judged before any data exists is looked at. */
const sampleLength = 8;

function showsLaterKeys(mask: Mask): boolean {
  for (let row = 0; row < (mask.rows ?? 1); row++) {
    for (let q = 0; q < sampleLength; q++) {
      for (let k = q + 1; k < sampleLength; k++) if (mask.visible(row, 0, q, k)) return true;
    }
  }
  return false;
}

/** How a kernel says what it cannot do: before any tensor exists, with words that a composition passes on. */
const causalOnly: AttentionKernel = {
  name: "causal-only",
  supports({ masks = [], bias }) {
    if (masks.some(showsLaterKeys)) {
      return { code: "attention/causal-only", message: 'kernel "causal-only" cannot show a query later keys' };
    }
    return bias ? { code: "attention/no-bias", message: 'kernel "causal-only" knows no bias' } : true;
  },
  attend: reference().attend,
};

test("a causal-only kernel refuses a prefix mask with a reason, and takes causal ones", () => {
  const prefixLm = or(prefix({ lengths: [2, 5] }), causal());
  expect(causalOnly.supports({ masks: [causal(), prefixLm] })).toEqual({
    code: "attention/causal-only",
    message: 'kernel "causal-only" cannot show a query later keys',
  });
  expect(causalOnly.supports({ masks: [causal(), and(causal(), window({ left: 2 }))] })).toBe(true);
  expect(causalOnly.supports({ bias: "alibi" })).toMatchObject({ code: "attention/no-bias" });
});

test("reference and blockwise support every mask, every bias, soft caps, dropout, groups and gradients", () => {
  const masks = [or(prefix({ lengths: 3 }), causal())];
  const needs = { masks, softCap: true, dropout: true, groupedHeads: true, gradients: true };
  for (const kernel of [reference(), blockwise()]) {
    for (const bias of ["dense", "relative", "alibi"] as const) expect(kernel.supports({ ...needs, bias })).toBe(true);
  }
});

test("fused answers a soft cap with a reason, and never computes without it", () => {
  const refused = { code: "attention/fused-soft-cap" };
  expect(fused().supports({ softCap: true })).toMatchObject(refused);
  const x = tf.zeros<tf.Rank.R4>([1, 1, 2, 4]);
  const request = { query: x, key: x, value: x, mask: causal(), softCap: 50 };
  expect(() => fused().attend(request)).toThrow(expect.objectContaining(refused));
  const heads = tf.zeros<tf.Rank.R3>([1, 2, 4]);
  const projected = { ...request, query: heads, key: heads, value: heads, heads: 1 };
  expect(() => fused().attendProjected?.(projected)).toThrow(expect.objectContaining(refused));
  tf.dispose([x, heads]);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("a soft cap of %s is refused", (softCap) => {
  const x = tf.zeros<tf.Rank.R4>([1, 1, 2, 4]);
  const attend = () => reference().attend({ query: x, key: x, value: x, mask: causal(), softCap });
  expect(attend).toThrow(expect.objectContaining({ code: "attention/soft-cap" }));
  x.dispose();
});
