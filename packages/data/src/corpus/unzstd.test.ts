import { constants, createZstdCompress, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { unzstd, WINDOW_TOO_LARGE } from "./unzstd.ts";

const text = Array.from({ length: 9000 }, (_, at) => `line ${at * at}\n`).join("");

async function decompressed(bytes: Buffer): Promise<string> {
  const found: Buffer[] = [];
  const cut = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, at) =>
    bytes.subarray(1000 * at, 1000 * (at + 1)),
  );
  for await (const chunk of unzstd(
    (async function* () {
      yield* cut;
    })(),
  ))
    found.push(chunk);
  return Buffer.concat(found).toString();
}

test("a Node without Zstandard reads it all the same, in several frames too", async () => {
  expect(await decompressed(zstdCompressSync(text))).toBe(text);
  expect(await decompressed(Buffer.concat([zstdCompressSync(text), zstdCompressSync("end")]))).toBe(`${text}end`);
});

test("what ends in the middle is refused", async () => {
  await expect(decompressed(zstdCompressSync(text).subarray(0, 2000))).rejects.toThrow();
});

test("a frame that looks back over more than 128 MiB is refused before its memory is taken", async () => {
  const ofWindow = async (log: number) => {
    const compress = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: log } });
    compress.end(text);
    return decompressed(Buffer.concat((await compress.toArray()) as Buffer[]));
  };
  expect(await ofWindow(20)).toBe(text);
  await expect(ofWindow(28)).rejects.toMatchObject({ code: WINDOW_TOO_LARGE });
});
