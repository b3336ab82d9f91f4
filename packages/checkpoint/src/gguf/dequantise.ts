import { CheckpointError } from "@trivium/core";
import { bfloat16ToFloat32, float16ToFloat32, float16ToNumber } from "../half-precision.ts";

/** How a type of GGUF keeps numbers: in blocks of so many values and bytes, each of them read by itself. */
interface Quantisation {
  readonly name: string;
  readonly values: number;
  readonly bytes: number;
  /** Writes the values of the block at `at` into `into` from `to` on. */
  read(block: DataView, at: number, into: Float32Array, to: number): void;
}

const half = (block: DataView, at: number): number => float16ToNumber(block.getUint16(at, true));
const { fround } = Math;

const q8: Quantisation = {
  name: "Q8_0",
  values: 32,
  bytes: 34,
  read(block, at, into, to) {
    const scale = half(block, at);
    for (let index = 0; index < 32; index++) into[to + index] = scale * block.getInt8(at + 2 + index);
  },
};

/** Two numbers of four bits in a byte: the lower half of the block, and the upper half. */
function readNibbles(block: DataView, at: number, put: (index: number, value: number) => void): void {
  for (let index = 0; index < 16; index++) {
    const byte = block.getUint8(at + index);
    put(index, byte & 15);
    put(index + 16, byte >> 4);
  }
}

const q4: Quantisation = {
  name: "Q4_0",
  values: 32,
  bytes: 18,
  read(block, at, into, to) {
    const scale = half(block, at);
    readNibbles(block, at + 2, (index, value) => {
      into[to + index] = scale * (value - 8);
    });
  },
};

const q41: Quantisation = {
  name: "Q4_1",
  values: 32,
  bytes: 20,
  read(block, at, into, to) {
    const [scale, least] = [half(block, at), half(block, at + 2)];
    readNibbles(block, at + 4, (index, value) => {
      into[to + index] = fround(scale * value) + least;
    });
  },
};

/** The scale and the least value of a group, six bits each, of the twelve bytes that hold eight of both. */
function scaleAndLeast(block: DataView, at: number, group: number): [scale: number, least: number] {
  const byte = (index: number): number => block.getUint8(at + index);
  if (group < 4) return [byte(group) & 63, byte(group + 4) & 63];
  const last = byte(group + 4);
  return [(last & 15) | ((byte(group - 4) >> 6) << 4), (last >> 4) | ((byte(group) >> 6) << 4)];
}

const q4k: Quantisation = {
  name: "Q4_K",
  values: 256,
  bytes: 144,
  read(block, at, into, to) {
    const [scale, least] = [half(block, at), half(block, at + 2)];
    for (let group = 0; group < 8; group++) {
      const [ownScale, ownLeast] = scaleAndLeast(block, at + 4, group);
      const [factor, offset] = [fround(scale * ownScale), fround(least * ownLeast)];
      const start = at + 16 + 32 * (group >> 1);
      for (let index = 0; index < 32; index++) {
        const byte = block.getUint8(start + index);
        into[to + 32 * group + index] = fround(factor * (group % 2 === 0 ? byte & 15 : byte >> 4)) - offset;
      }
    }
  },
};

const q6k: Quantisation = {
  name: "Q6_K",
  values: 256,
  bytes: 210,
  read(block, at, into, to) {
    const scale = half(block, at + 208);
    for (let index = 0; index < 256; index++) {
      // Of 128 values the first and the second quarter have the lower bits of a byte, the others its upper bits.
      const [part, quarter, place] = [index >> 7, (index >> 5) & 3, index & 31];
      const low = block.getUint8(at + 64 * part + 32 * (quarter & 1) + place);
      const high = (block.getUint8(at + 128 + 32 * part + place) >> (2 * quarter)) & 3;
      const value = ((quarter < 2 ? low & 15 : low >> 4) | (high << 4)) - 32;
      into[to + index] = fround(scale * block.getInt8(at + 192 + (index >> 4))) * value;
    }
  },
};

/** Types that are numbers by themselves. */
const plain: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  0: { name: "F32", bytes: 4 },
  1: { name: "F16", bytes: 2 },
  30: { name: "BF16", bytes: 2 },
};
const blocks: Readonly<Record<number, Quantisation>> = { 2: q4, 3: q41, 8: q8, 12: q4k, 14: q6k };

/** Names of further types. @source `ggml_type` of https://github.com/ggml-org/ggml/blob/master/include/ggml.h */
const unread: Readonly<Record<number, string>> = {
  ...{ 6: "Q5_0", 7: "Q5_1", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 13: "Q5_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS" },
  ...{ 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16" },
  ...{ 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4" },
};

/** The types that can be read, in words. */
const known = [...Object.values(plain), ...Object.values(blocks)].map(({ name }) => name).join(", ");

/**
 * Returns the bytes of a tensor of a type.
 *
 * @throws {CheckpointError} `checkpoint/dtype` for a type that is not known, or a number of values that is not whole blocks.
 */
export function bytesOfType(type: number, count: number, what: string): number {
  const [single, block] = [plain[type], blocks[type]];
  if (single) return count * single.bytes;
  if (block && count % block.values === 0) return (count / block.values) * block.bytes;
  const problem = block
    ? `${count} values are no whole blocks of ${block.name}`
    : `its type is ${unread[type] ?? type}, and ${known} can be read`;
  const remedy = "take another file of the model, of Q8_0 for example";
  throw new CheckpointError("checkpoint/dtype", `${what}: ${problem}; ${remedy}`);
}

/**
 * Returns the values of a tensor, as the reference rounds them.
 *
 * @source https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/quants.py
 */
export function dequantise(type: number, bytes: Uint8Array, count: number): Float32Array {
  const own = Uint8Array.from(bytes);
  if (type === 0) return new Float32Array(own.buffer);
  if (type === 1) return float16ToFloat32(new Uint16Array(own.buffer));
  if (type === 30) return bfloat16ToFloat32(new Uint16Array(own.buffer));
  const values = new Float32Array(count);
  const { values: each, bytes: size, read } = blocks[type] as Quantisation;
  const view = new DataView(own.buffer);
  for (let block = 0; block * each < count; block++) read(view, block * size, values, block * each);
  return values;
}
