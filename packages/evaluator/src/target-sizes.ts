/** The characters and the UTF-8 bytes of the original text that each target token stands for. */
export interface TargetSizes {
  /** A character counts for the token with its first byte. */
  readonly characters: readonly number[];
  readonly bytes: readonly number[];
}

const utf8 = new TextEncoder();

/** Returns the number of characters (Unicode code points) and of UTF-8 bytes of a text. */
export const textSize = (text: string): { characters: number; bytes: number } => ({
  characters: [...text].length,
  bytes: utf8.encode(text).length,
});

/**
 * Returns the sizes of tokens that stand for so many bytes of a text each, one after the other.
 *
 * @example targetSizes("é", [1, 1]) // => { characters: [1, 0], bytes: [1, 1] }
 */
export function targetSizes(text: string, byteLengths: readonly number[]): TargetSizes {
  const bytes = utf8.encode(text);
  let start = 0;
  const characters = byteLengths.map((length) => {
    const part = bytes.subarray(start, start + length);
    start += length;
    // Every byte but the first of a character is 10xxxxxx.
    return part.filter((byte) => (byte & 0b1100_0000) !== 0b1000_0000).length;
  });
  return { characters, bytes: byteLengths };
}
