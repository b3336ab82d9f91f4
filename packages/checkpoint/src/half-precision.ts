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

/** float32 to the nearest half-precision bits, the even ones of two. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(Float32Array.from(values).buffer);
  return Uint16Array.from(words, (word) => {
    const [sign, size] = [(word >>> 16) & 0x8000, word & 0x7fffffff];
    if (size > 0x7f800000) return sign | 0x7e00;
    // 65,520 and all above are nearer to what a half cannot hold.
    if (size >= 0x477ff000) return sign | 0x7c00;
    if (size >= 0x38800000) return sign | ((size + 0xfff + ((size >>> 13) & 1) - 0x38000000) >>> 13);
    const shift = 126 - (size >>> 23);
    if (shift > 24) return sign;
    const fraction = (size & 0x7fffff) | 0x800000;
    const half = 2 ** (shift - 1);
    const [whole, rest] = [fraction >>> shift, fraction & (2 * half - 1)];
    return sign | (whole + (rest > half || (rest === half && (whole & 1) === 1) ? 1 : 0));
  });
}

/** float32 to the nearest bfloat16 bits, the even ones of two. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(Float32Array.from(values).buffer);
  return Uint16Array.from(words, (word) => {
    if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 64;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
}
