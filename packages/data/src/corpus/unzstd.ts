/** Code by which Node refuses a frame of a larger window than 128 MiB. */
export const WINDOW_TOO_LARGE = "ZSTD_error_frameParameter_windowTooLarge";

/** The largest window of a frame, as the power of two. */
const LARGEST_WINDOW = 27;

/**
 * Decompresses Zstandard, for a Node that cannot.
 *
 * @throws {Error} if it is broken, ends in the middle, or has a first frame with a larger window than 128 MiB.
 * @source RFC 8878, §3.1.1.1, https://www.rfc-editor.org/rfc/rfc8878
 */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, void> {
  const { Decompress } = await import("fzstd");
  const ready: Buffer[] = [];
  const stream = new Decompress((chunk) => void ready.push(Buffer.from(chunk)));
  let isFirst = true;
  for await (const chunk of chunks) {
    const [descriptor = 0, window = 0] = chunk.subarray(4, 6);
    const isSingleSegment = (descriptor & 0x20) > 0;
    if (isFirst && !isSingleSegment && 10 + (window >> 3) > LARGEST_WINDOW)
      throw Object.assign(new RangeError("its window is too large"), { code: WINDOW_TOO_LARGE });
    isFirst = false;
    // It keeps what it was given, and the chunk is overwritten.
    stream.push(new Uint8Array(chunk));
    yield* ready.splice(0);
  }
  stream.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}
