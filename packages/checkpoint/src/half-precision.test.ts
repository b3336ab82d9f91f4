import { expect, test } from "vitest";
import { bfloat16ToFloat32, float16ToNumber } from "./half-precision.ts";

test("all 65,536 half-precision numbers have the value that the bit pattern of float32 gives them", () => {
  const view = new DataView(new ArrayBuffer(4));
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >> 10) & 31;
    // A normal half is a float32 with the exponent re-biased by 127 - 15 and the fraction moved up by 13 bits.
    if (exponent === 0 || exponent === 31) continue;
    view.setUint32(0, ((bits & 0x8000) << 16) | ((exponent + 112) << 23) | ((bits & 1023) << 13));
    expect(float16ToNumber(bits)).toBe(view.getFloat32(0));
  }
});

test("zeros, subnormals, infinities and NaN", () => {
  expect(float16ToNumber(0x8000)).toBe(-0);
  expect(float16ToNumber(0x0001)).toBe(2 ** -24);
  expect(float16ToNumber(0x83ff)).toBe(-1023 * 2 ** -24);
  expect([float16ToNumber(0x7c00), float16ToNumber(0xfc00), float16ToNumber(0x7c01)]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ]);
});

test("bfloat16 keeps sign, exponent and the upper fraction", () => {
  expect(bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xbf80, 0x8000, 0x7f80, 0x0001))).toEqual(
    Float32Array.of(1, -1, -0, Number.POSITIVE_INFINITY, 2 ** -133),
  );
});
