import { safetensorsChunks } from "./encode-safetensors.ts";
import type { NamedArray, NamedArrays } from "./named-arrays.ts";
import { indexName } from "./open-weights.ts";

/** Options of arrays in parts. */
export interface PartsOptions {
  /** The name before `.safetensors`. Default `"model"`. */
  readonly stem?: string | undefined;
  /** The most bytes of arrays in a part; a larger array has a part of its own. Default 5 · 10⁹. */
  readonly partBytes?: number | undefined;
  /** Texts kept in the header of every part. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** A file to be written, in pieces. */
export interface FileChunks {
  readonly name: string;
  readonly chunks: readonly Uint8Array[];
}

/**
 * Returns the files of arrays: one, or parts and their index, which comes last. The arrays are not copied.
 *
 * @throws {CheckpointError} what `encodeSafetensors` throws.
 * @source https://huggingface.co/docs/safetensors/index, and the names that transformers writes
 * @example safetensorsParts(arrays, { partBytes: 4 }).map(({ name }) => name).at(-1) // => "model.safetensors.index.json"
 */
export function safetensorsParts(arrays: NamedArrays, options: PartsOptions = {}): FileChunks[] {
  const { stem = "model", partBytes = 5e9, metadata } = options;
  const parts: Record<string, NamedArray>[] = [{}];
  let [filled, total] = [0, 0];
  for (const [name, array] of Object.entries(arrays)) {
    const bytes = array.data.byteLength;
    if (filled > 0 && filled + bytes > partBytes) {
      parts.push({});
      filled = 0;
    }
    (parts.at(-1) as Record<string, NamedArray>)[name] = array;
    filled += bytes;
    total += bytes;
  }
  if (parts.length === 1) return [{ name: `${stem}.safetensors`, chunks: safetensorsChunks(arrays, metadata) }];
  const number = (at: number): string => String(at).padStart(5, "0");
  const nameOf = (at: number): string => `${stem}-${number(at + 1)}-of-${number(parts.length)}.safetensors`;
  const places = parts.flatMap((part, at) => Object.keys(part).map((name) => [name, nameOf(at)] as const));
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(places) };
  return [
    ...parts.map((part, at) => ({ name: nameOf(at), chunks: safetensorsChunks(part, metadata) })),
    { name: indexName(stem), chunks: [new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`)] },
  ];
}
