import { CheckpointError } from "@trivium/core";
import { decodeArray } from "./decode-safetensors.ts";
import type { Files } from "./files.ts";
import type { NamedArray } from "./named-arrays.ts";
import {
  decodableHolder,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsArrayInfo,
  safetensorsError,
} from "./safetensors-header.ts";

/** Arrays of one or more files, of which only names, dtypes and shapes are read yet. */
export interface OpenedArrays {
  /** By name. An array's bytes are held against its dtype and shape when it is read. */
  readonly infos: ReadonlyMap<string, SafetensorsArrayInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one array, and nothing else.
   *
   * @throws {CheckpointError} `checkpoint/missing` if there is none of that name, `checkpoint/dtype` if its dtype is not
   *   known, `checkpoint/truncated` if the file has become shorter.
   */
  read(name: string): Promise<NamedArray>;
}

/**
 * Opens a safetensors file: its header is read and validated, and arrays are read by their ranges when they are asked for.
 *
 * @throws {CheckpointError} what `decodeSafetensors` throws for a header, before any array is read.
 * @source https://github.com/huggingface/safetensors#format
 * @example await (await openSafetensors(folderFiles("gpt2"), "model.safetensors")).read("wte.weight")
 */
export async function openSafetensors(files: Files, path: string): Promise<OpenedArrays> {
  const file = `${files.name}/${path}`;
  const fileBytes = await files.size(path);
  const part = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = await files.read(path, { start, end });
    if (bytes.byteLength === end - start) return bytes;
    const problem = `of the bytes ${start} to ${end}, ${bytes.byteLength} are there`;
    throw safetensorsError(file, "truncated", { problem });
  };
  const length = headerLength(await part(0, Math.min(LENGTH_BYTES, fileBytes)), fileBytes, file);
  const dataStart = LENGTH_BYTES + length;
  const { entries, metadata } = parseHeader(await part(LENGTH_BYTES, dataStart), fileBytes - dataStart, file);
  const known = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    infos: known,
    metadata,
    async read(name) {
      const entry = known.get(name);
      if (!entry) throw new CheckpointError("checkpoint/missing", `${file} has no array ${JSON.stringify(name)}`);
      decodableHolder(entry, file);
      return decodeArray(entry, await part(dataStart + entry.start, dataStart + entry.end), file);
    },
  };
}
