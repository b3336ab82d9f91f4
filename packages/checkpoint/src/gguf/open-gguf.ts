import { CheckpointError, TriviumError } from "@trivium/core";
import type { Files } from "../files.ts";
import { elementCount } from "../named-arrays.ts";
import type { OpenedArrays } from "../open-safetensors.ts";
import { bytesOfType, dequantise } from "./dequantise.ts";
import { type GgufTensor, type GgufValue, readGgufHeader } from "./read-header.ts";

/** The longest header that is read: names, and a vocabulary with its merges. */
const HEADER_BYTES = 2 ** 27;
/** Bytes that are read first. */
const FIRST_BYTES = 2 ** 20;

/** A GGUF file: its metadata, and tensors whose values are read one by one. */
export interface OpenedGguf extends OpenedArrays {
  readonly values: Readonly<Record<string, GgufValue>>;
}

/**
 * Opens a GGUF file: its header is read, and tensors are read by their ranges and dequantised when they are asked for: F32,
 * F16, BF16, Q8_0, Q4_0, Q4_1, Q4_K, Q6_K.
 *
 * @throws {CheckpointError} what `readGgufHeader` throws, `checkpoint/dtype` for another type, `checkpoint/truncated` for a
 *   tensor beyond the end of the file.
 * @example (await openGguf(folderFiles("models"), "stories260K.gguf")).values["general.architecture"] // => "llama"
 */
export async function openGguf(files: Files, path: string): Promise<OpenedGguf> {
  const file = `${files.name}/${path}`;
  const size = await files.size(path);
  const header = await readHeader(files, path, size);
  const tensors = new Map(header.tensors.map((tensor) => [tensor.name, placed(tensor, header.dataStart, size, file)]));
  return {
    values: header.metadata,
    metadata: {},
    infos: new Map([...tensors].map(([name, { shape }]) => [name, { name, dtype: "F32", shape }])),
    async read(name) {
      const tensor = tensors.get(name);
      if (!tensor) throw new CheckpointError("checkpoint/missing", `${file} has no tensor ${JSON.stringify(name)}`);
      const { shape, type, start, end } = tensor;
      const bytes = await files.read(path, { start, end });
      if (bytes.byteLength !== end - start) throw truncated(file, name);
      return { dtype: "F32", shape, data: dequantise(type, bytes, elementCount(shape)) };
    },
  };
}

/** Reads as much as the header is long: that of a model with a vocabulary is some MB. */
async function readHeader(files: Files, path: string, size: number): Promise<ReturnType<typeof readGgufHeader>> {
  const longest = Math.min(size, HEADER_BYTES);
  for (let end = Math.min(longest, FIRST_BYTES); ; end = Math.min(longest, 4 * end)) {
    const bytes = await files.read(path, { start: 0, end });
    try {
      return readGgufHeader(bytes, `${files.name}/${path}`);
    } catch (error) {
      if (end === longest || !TriviumError.is(error, "checkpoint/truncated")) throw error;
    }
  }
}

function placed(tensor: GgufTensor, dataStart: number, size: number, file: string) {
  const { name, shape, type, offset } = tensor;
  const start = dataStart + offset;
  const end = start + bytesOfType(type, elementCount(shape), `${file}: ${JSON.stringify(name)}`);
  if (!(end <= size)) throw truncated(file, name);
  return { shape, type, start, end };
}

const truncated = (file: string, name: string): CheckpointError =>
  new CheckpointError(
    "checkpoint/truncated",
    `${file}: ${JSON.stringify(name)} lies beyond the end of the file: it is cut off; download it again`,
  );
