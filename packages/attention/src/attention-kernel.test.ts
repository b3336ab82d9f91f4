import { and, causal, type Mask, or, prefix, window } from "@trivium/masks";
import { expect, test } from "vitest";
import type { AttentionKernel } from "./attention-kernel.ts";
import { blockwise } from "./blockwise.ts";
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

test("reference and blockwise support every mask, every bias, dropout, groups and gradients", () => {
  const needs = { masks: [or(prefix({ lengths: 3 }), causal())], dropout: true, groupedHeads: true, gradients: true };
  for (const kernel of [reference(), blockwise()]) {
    for (const bias of ["dense", "relative", "alibi"] as const) expect(kernel.supports({ ...needs, bias })).toBe(true);
  }
});
