import { broadcast_util } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import type { KernelInput } from "./accelerated-kernel.ts";
import { copyStrided, stridesOf } from "./copy-strided.ts";

/** Two operands as the kernels take them: `[rows, columns]` with the elements to step per row and per column. */
export interface Operands {
  /** Of each operand the address, and the steps. */
  readonly places: readonly [a: number, aRow: number, aColumn: number, b: number, bRow: number, bColumn: number];
  readonly columns: number;
  /** Frees what had to be copied; to be called after the kernel. */
  readonly release?: () => void;
}

/** A tensor in memory, and its shape. */
export type Placed = Pick<KernelInput, "shape" | "data">;

/** The shape that two shapes broadcast to. */
export function broadcastShape(a: number[], b: number[]): number[] {
  return sameShape(a, b) ? a : broadcast_util.assertAndGetBroadcastShape(a, b);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/**
 * The operands of an elementwise kernel over `[rows, columns]`.
 *
 * Where two groups of axes are not enough (`[B, 1, Q, K]` with `[B, H, Q, K]`), what repeats is copied out to the full
 * shape first.
 */
export function operands(backend: SimdBackend, a: Placed, b: Placed, shape: number[], length: number): Operands {
  const [dataA, dataB] = [a.data, b.data];
  if (dataA.length === length && dataB.length === length) return flat(dataA.address, 1, dataB.address, 1, length);
  if (dataB.length === 1) return flat(dataA.address, 1, dataB.address, 0, length);
  if (dataA.length === 1) return flat(dataA.address, 0, dataB.address, 1, length);
  const groups = groupAxes(shape, broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape));
  return groups.length <= 2
    ? inTwoGroups(dataA.address, dataB.address, groups)
    : withCopy(backend, [a, b], shape, length);
}

const flat = (a: number, aColumn: number, b: number, bColumn: number, columns: number): Operands => ({
  places: [a, 0, aColumn, b, 0, bColumn],
  columns,
});

/** Strides of a tensor seen under a shape that it broadcasts to: 0 along the axes that it repeats. */
function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return to.map((_, axis) => (axis < offset || from[axis - offset] === 1 ? 0 : strides[axis - offset]!));
}

interface Group {
  size: number;
  a: number;
  b: number;
}

// Joins an axis to the next one where both operands can step through the two as through one.
function groupAxes(shape: readonly number[], a: readonly number[], b: readonly number[]): Group[] {
  const groups: Group[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    if (size === 1) continue;
    const last = groups.at(-1);
    if (last && last.a === a[axis]! * size && last.b === b[axis]! * size) {
      last.size *= size;
      last.a = a[axis]!;
      last.b = b[axis]!;
    } else {
      groups.push({ size, a: a[axis]!, b: b[axis]! });
    }
  }
  return groups;
}

// The last axis that is longer than 1 steps by 1 or, where it repeats, by 0.
function inTwoGroups(a: number, b: number, groups: readonly Group[]): Operands {
  const columns = groups.at(-1)!;
  const row = groups.length === 2 ? groups[0]! : { a: 0, b: 0 };
  return { places: [a, row.a, columns.a, b, row.b, columns.b], columns: columns.size };
}

function withCopy(backend: SimdBackend, both: readonly [Placed, Placed], shape: number[], length: number): Operands {
  const copies: Output[] = [];
  const [a, b] = both.map(({ shape: own, data }): number => {
    if (data.length === length) return data.address;
    const y = backend.allocate(shape, data.dtype);
    copies.push(y);
    const strided = { shape, from: broadcastStrides(own, shape), to: stridesOf(shape) };
    copyStrided(backend, strided, data.address, y.address, data.dtype);
    return y.address;
  });
  const release = () => {
    for (const copy of copies) backend.disposeIntermediateTensorInfo(copy);
  };
  return { ...flat(a!, 1, b!, 1, length), release };
}
