/**
 * The value of an IEEE 754 half-precision number.
 *
 * `(−1)^sign · 2^(exponent − 15) · (1 + fraction/1024)`, subnormals `fraction · 2⁻²⁴`.
 *
 * @param bits - its 16 bits.
 * @example float16ToNumber(0x3c00) // => 1
 */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The value of every half: looking one up is many times faster than taking it apart. */
let halves: Float32Array | undefined;

/** Half-precision bits to float32; exact. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, half) => float16ToNumber(half));
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) values[index] = halves[bits[index] as number] as number;
  return values;
}

/** bfloat16 bits, the upper half of a float32, to float32; exact. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index++) words[index] = (bits[index] as number) << 16;
  return new Float32Array(words.buffer);
}
