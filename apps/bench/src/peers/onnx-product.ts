import type { GemmWork } from "../gemm-work.ts";

/** Field numbers of `onnx.proto`; wire types 0 (number) and 2 (bytes). */
const number = (field: number, value: number): Uint8Array => join([varint(field << 3), varint(value)]);
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  join([varint((field << 3) | 2), varint(value.length), value]);
const text = (field: number, value: string): Uint8Array => bytes(field, new TextEncoder().encode(value));

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

function varint(value: number): Uint8Array {
  const low = value % 128;
  return value < 128 ? Uint8Array.of(low) : join([Uint8Array.of(low | 128), varint(Math.floor(value / 128))]);
}

/**
 * A model whose one node is `Gemm` of `A` and `B` into `C`, f32.
 *
 * @source https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function onnxProduct({ m, n, shapes, transposeA, transposeB }: GemmWork): Uint8Array {
  const INT = 2;
  const attribute = (name: string, value: number) => join([text(1, name), number(3, value), number(20, INT)]);
  const node = join([
    ...["A", "B"].map((name) => text(1, name)),
    ...[text(2, "C"), text(4, "Gemm")],
    ...[bytes(5, attribute("transA", Number(transposeA))), bytes(5, attribute("transB", Number(transposeB)))],
  ]);
  const graph = join([
    ...[bytes(1, node), text(2, "product")],
    ...[bytes(11, matrix("A", shapes.a)), bytes(11, matrix("B", shapes.b))],
    bytes(12, matrix("C", [m, n])),
  ]);
  const [irVersion, operators] = [8, 13];
  return join([number(1, irVersion), bytes(7, graph), bytes(8, join([text(1, ""), number(2, operators)]))]);
}

function matrix(name: string, shape: readonly number[]): Uint8Array {
  const FLOAT = 1;
  const dimensions = shape.map((size) => bytes(1, number(1, size)));
  const tensor = join([number(1, FLOAT), bytes(2, join(dimensions))]);
  return join([text(1, name), bytes(2, bytes(1, tensor))]);
}
