import { expect, test } from "vitest";
import { gemmWork } from "../gemm-work.ts";
import { onnxProduct } from "./onnx-product.ts";

/** A message as field numbers with their values, in order: numbers, or bytes. */
function fieldsOf(message: Uint8Array): [field: number, value: number | Uint8Array][] {
  const fields: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++] as number;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const value = varint();
    const isNumber = key % 8 === 0;
    fields.push([key >> 3, isNumber ? value : message.subarray(at, at + value)]);
    if (!isNumber) at += value;
  }
  return fields;
}

const messages = (message: Uint8Array, field: number) =>
  fieldsOf(message)
    .filter(([number]) => number === field)
    .map(([, value]) => value as Uint8Array);
const text = (value: number | Uint8Array | undefined) => new TextDecoder().decode(value as Uint8Array);

function shapeOf(value: Uint8Array): [name: string, ...shape: number[]] {
  const [[, name], [, type]] = fieldsOf(value) as [[number, Uint8Array], [number, Uint8Array]];
  const shape = messages(messages(type, 1)[0] as Uint8Array, 2)[0] as Uint8Array;
  return [text(name), ...messages(shape, 1).map((dimension) => fieldsOf(dimension)[0]?.[1] as number)];
}

test("the model is one Gemm of A and B into C, with their shapes as they lie in memory", () => {
  const [graph] = messages(onnxProduct(gemmWork({ m: 300, n: 2, k: 7 }, "tn")), 7) as [Uint8Array];
  const [node, ...more] = messages(graph, 1) as [Uint8Array];
  expect(more).toEqual([]);
  expect(messages(node, 1).map(text)).toEqual(["A", "B"]);
  expect([...messages(node, 2), ...messages(node, 4)].map(text)).toEqual(["C", "Gemm"]);
  const attributes = messages(node, 5).map((attribute) => fieldsOf(attribute).map(([, value]) => value));
  expect(attributes.map(([name, value]) => [text(name), value])).toEqual([
    ["transA", 1],
    ["transB", 0],
  ]);
  expect([...messages(graph, 11), ...messages(graph, 12)].map(shapeOf)).toEqual([
    ["A", 7, 300],
    ["B", 7, 2],
    ["C", 300, 2],
  ]);
});
