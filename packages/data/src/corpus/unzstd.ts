/** Decompresses Zstandard, for a Node that cannot. @throws {Error} if it is broken or ends in the middle. */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, void> {
  const { Decompress } = await import("fzstd");
  const ready: Buffer[] = [];
  const stream = new Decompress((chunk) => void ready.push(Buffer.from(chunk)));
  for await (const chunk of chunks) {
    stream.push(chunk);
    yield* ready.splice(0);
  }
  stream.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}
