import { CheckpointError, describeIssue, duplicateKey } from "@trivium/core";
import { z } from "zod";
import { dtypeNames, elementCount, holderOf } from "./named-arrays.ts";

/** Bytes before the JSON header: its length, as a little-endian unsigned 64-bit integer. */
export const LENGTH_BYTES = 8;

/** The reference implementation refuses longer headers, and so do we. */
export const MAXIMUM_HEADER_BYTES = 100_000_000;

/** The first bytes of what Git leaves in the place of a large file. @source https://github.com/git-lfs/git-lfs, docs/spec.md */
const POINTER = "version ";

/** The name under which a header keeps texts about the file instead of an array. */
export const METADATA_NAME = "__metadata__";

/** Name, dtype and shape of an array, as the header of a file gives them. */
export interface SafetensorsArrayInfo {
  readonly name: string;
  /** Any text: the format gains dtypes, as `F8_E8M0` and `F4`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** One array of a file, and where its bytes are, counted from the end of the header. */
export interface SafetensorsEntry extends SafetensorsArrayInfo {
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

const size = z.int().nonnegative();
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
const metadataSchema = z.record(z.string(), z.string());

/** What to do about a file that is not whole. */
const AGAIN = "download or save it again";

/** An error about the safetensors file `file`, with a code of this package and the remedy. */
export const safetensorsError = (
  file: string,
  code: string,
  { problem, remedy = AGAIN, cause }: { problem: string; remedy?: string; cause?: unknown },
): CheckpointError =>
  new CheckpointError(`checkpoint/${code}`, `${file}: ${problem}; ${remedy}`, { details: { file }, cause });

/**
 * The length of the JSON header, checked against the size of the file.
 *
 * @param bytes - at least the first eight bytes of the file, if it has so many.
 * @param fileBytes - the size of the whole file.
 * @throws {CheckpointError} `checkpoint/truncated` if the file ends before its header does, `checkpoint/header` if the
 *   header is larger than 100 MB, or the file is a pointer of Git LFS.
 */
export function headerLength(bytes: Uint8Array, fileBytes: number, file: string): number {
  if (fileBytes < LENGTH_BYTES) {
    const problem = `a safetensors file has at least 8 bytes, this one has ${fileBytes}`;
    throw safetensorsError(file, "truncated", { problem });
  }
  if (new TextDecoder().decode(bytes.subarray(0, LENGTH_BYTES)) === POINTER) {
    const problem = "it is a pointer of Git LFS, not the file itself";
    throw safetensorsError(file, "header", { problem, remedy: "run git lfs pull there" });
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAXIMUM_HEADER_BYTES) {
    const problem = `the header claims ${length} bytes, over the limit of 100 MB: it is no safetensors file, or damaged`;
    throw safetensorsError(file, "header", { problem });
  }
  if (LENGTH_BYTES + Number(length) > fileBytes) {
    const has = `the file has ${fileBytes - LENGTH_BYTES} after its length field`;
    throw safetensorsError(file, "truncated", { problem: `the header claims ${length} bytes, ${has}` });
  }
  return Number(length);
}

/**
 * Reads and validates a JSON header: the form of each entry, and that the entries cover the data exactly.
 *
 * @param bytes - the header alone.
 * @param dataBytes - how many bytes follow it in the file.
 * @throws {CheckpointError} `checkpoint/header` if it is not what the format asks for, `checkpoint/duplicate` if a name
 *   stands twice, `checkpoint/offsets` if ranges overlap or leave a hole, `checkpoint/truncated` if the data end before
 *   the last range.
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  const { [METADATA_NAME]: metadata, ...arrays } = parseObject(bytes, file);
  const parsed = metadataSchema.safeParse(metadata ?? {});
  if (!parsed.success)
    throw safetensorsError(file, "header", { problem: `${METADATA_NAME} maps texts to texts, and here it does not` });
  const entries = Object.entries(arrays).map(([name, value]) => parseEntry(name, value, file));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  assertCovered(entries, dataBytes, file);
  return { entries, metadata: parsed.data };
}

function parseObject(bytes: Uint8Array, file: string): Record<string, unknown> {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    parsed = JSON.parse(text);
  } catch (cause) {
    const problem = "the header is not JSON in UTF-8: it is no safetensors file, or damaged";
    throw safetensorsError(file, "header", { problem, cause });
  }
  if (!text.startsWith("{")) {
    const problem = `the header starts with {, and here with ${JSON.stringify(text.slice(0, 1))}`;
    throw safetensorsError(file, "header", { problem });
  }
  const twice = duplicateKey(text);
  if (twice !== undefined)
    throw safetensorsError(file, "duplicate", { problem: `the header has ${JSON.stringify(twice)} twice` });
  return parsed as Record<string, unknown>;
}

function parseEntry(name: string, value: unknown, file: string): SafetensorsEntry {
  const what = `array ${JSON.stringify(name)}`;
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => describeIssue(issue, value));
    throw safetensorsError(file, "header", { problem: `${what}: ${problems.join("; ")}` });
  }
  const { dtype, shape, data_offsets } = parsed.data;
  const [start, end] = data_offsets;
  return { name, dtype, shape, start, end };
}

/**
 * The typed array for an array of a known dtype whose range has the bytes that dtype and shape need.
 *
 * @throws {CheckpointError} `checkpoint/dtype`, `checkpoint/offsets`.
 */
export function decodableHolder({ name, dtype, shape, start, end }: SafetensorsEntry, file: string) {
  const what = `array ${JSON.stringify(name)}`;
  const holder = holderOf(dtype);
  if (!holder) {
    const remedy = "leave it out with wanted, or convert the file";
    throw safetensorsError(file, "dtype", { problem: `${what} is ${dtype}; ${dtypeNames} can be read`, remedy });
  }
  const needed = elementCount(shape) * holder.BYTES_PER_ELEMENT;
  if (end - start === needed) return holder;
  const spec = `${dtype} [${shape.join(", ")}] needs ${needed} bytes`;
  const problem = `${what}: ${spec}, its offsets ${start}–${end} span ${end - start}`;
  throw safetensorsError(file, "offsets", { problem });
}

function assertCovered(entries: readonly SafetensorsEntry[], dataBytes: number, file: string): void {
  const refuse = (code: string, problem: string) => safetensorsError(file, code, { problem });
  let covered = 0;
  for (const { name, start, end } of entries) {
    const what = `array ${JSON.stringify(name)}`;
    if (end < start) throw refuse("offsets", `${what}: offsets ${start}–${end} span ${end - start}`);
    if (start !== covered) {
      const problem = start < covered ? "overlaps the array before it" : "leaves a hole before it";
      throw refuse("offsets", `${what} at ${start} ${problem}, which ends at ${covered}`);
    }
    covered = end;
  }
  if (covered > dataBytes)
    throw refuse("truncated", `the arrays need ${covered} bytes of data, the file has ${dataBytes}: it is cut off`);
  if (covered < dataBytes)
    throw refuse("offsets", `the arrays cover ${covered} bytes of data, the file has ${dataBytes}`);
}
