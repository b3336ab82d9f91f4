import { CheckpointError } from "@trivium/core";

/** A value of a GGUF's metadata. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** A tensor as the header has it. */
export interface GgufTensor {
  readonly name: string;
  /** Row-major, the last axis the fastest: the other way around than in the file. */
  readonly shape: readonly number[];
  readonly type: number;
  /** From the start of the data. */
  readonly offset: number;
}

export interface GgufHeader {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly GgufTensor[];
  /** Where the data begin, in bytes from the start of the file. */
  readonly dataStart: number;
}

const ARRAY = 9;
const STRING = 8;
/** Bytes of each type of a value, the least of strings and arrays. */
const leastBytes = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8] as const;

/**
 * Reads the header of a GGUF file.
 *
 * @param bytes - the start of the file, with the whole header.
 * @param file - the name of the file in errors.
 * @throws {CheckpointError} `checkpoint/header` if it is no GGUF of version 2 or 3, or not well-formed;
 *   `checkpoint/truncated` if it ends before its header does; `checkpoint/duplicate` if a name stands twice.
 * @source https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function readGgufHeader(bytes: Uint8Array, file: string): GgufHeader {
  const reader = new Reader(bytes, file);
  if (reader.text(4) !== "GGUF") reader.refuse("header", "it is no GGUF file");
  const version = reader.u32();
  if (version !== 2 && version !== 3) reader.refuse("header", `version ${version} cannot be read, 2 and 3 can`);
  const [tensorCount, valueCount] = [reader.count(24), reader.count(13)];
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < valueCount; index++) {
    const key = reader.string();
    if (metadata.has(key)) reader.refuse("duplicate", `the header has ${JSON.stringify(key)} twice`);
    metadata.set(key, reader.value(reader.u32()));
  }
  const names = new Set<string>();
  const tensors = Array.from({ length: tensorCount }, () => reader.tensor(names));
  const given = metadata.get("general.alignment") ?? 32;
  const alignment = typeof given === "number" && Number.isInteger(given) && given > 0 ? given : 0;
  if (alignment === 0) reader.refuse("header", "general.alignment is a positive integer");
  const dataStart = Math.ceil(reader.at / alignment) * alignment;
  return { metadata: Object.fromEntries(metadata), tensors, dataStart };
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  at = 0;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
  }

  refuse(code: string, problem: string): never {
    throw new CheckpointError(`checkpoint/${code}`, `${this.#file}: ${problem}; download the file again`);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A count of things that take so many bytes at least. */
  count(bytes: number): number {
    const count = Number(this.#view.getBigUint64(this.#take(8), true));
    if (count * bytes > this.#bytes.length - this.at)
      this.refuse("truncated", `the header claims ${count} entries, more than it has bytes`);
    return count;
  }

  text(length: number): string {
    const start = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  string(): string {
    return this.text(this.count(1));
  }

  value(type: number, isNested = false): GgufValue {
    const view = this.#view;
    switch (type) {
      case 0:
        return view.getUint8(this.#take(1));
      case 1:
        return view.getInt8(this.#take(1));
      case 2:
        return view.getUint16(this.#take(2), true);
      case 3:
        return view.getInt16(this.#take(2), true);
      case 4:
        return view.getUint32(this.#take(4), true);
      case 5:
        return view.getInt32(this.#take(4), true);
      case 6:
        return view.getFloat32(this.#take(4), true);
      case 7:
        return view.getUint8(this.#take(1)) !== 0;
      case STRING:
        return this.string();
      case 10:
        return view.getBigUint64(this.#take(8), true);
      case 11:
        return view.getBigInt64(this.#take(8), true);
      case 12:
        return view.getFloat64(this.#take(8), true);
    }
    if (type !== ARRAY || isNested) return this.refuse("header", `there is no type ${type} of a value here`);
    const own = this.u32();
    const count = this.count(leastBytes[own] ?? 1);
    return Array.from({ length: count }, () => this.value(own, true));
  }

  tensor(names: Set<string>): GgufTensor {
    const name = this.string();
    if (names.has(name)) this.refuse("duplicate", `the header has the tensor ${JSON.stringify(name)} twice`);
    names.add(name);
    const axes = this.u32();
    if (axes > 4) this.refuse("header", `${JSON.stringify(name)} has ${axes} axes; there are at most 4`);
    const shape = Array.from({ length: axes }, () => Number(this.#view.getBigUint64(this.#take(8), true))).reverse();
    const type = this.u32();
    return { name, shape, type, offset: Number(this.#view.getBigUint64(this.#take(8), true)) };
  }

  #take(length: number): number {
    if (length > this.#bytes.length - this.at) this.refuse("truncated", "it ends before its header does");
    this.at += length;
    return this.at - length;
  }
}
