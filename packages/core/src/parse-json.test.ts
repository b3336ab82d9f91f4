import { expect, test } from "vitest";
import { decodeJson, parseJson } from "./parse-json.ts";
import { readStringified, stringifyJson } from "./stringify-json.ts";

const bytes = (text: string, encoding: BufferEncoding = "utf8") => Buffer.from(text, encoding);

test("a byte order mark before JSON is passed over, and one within a text is kept", () => {
  expect(decodeJson(bytes('\uFEFF{"steps": 2}'))).toEqual({ steps: 2 });
  expect(parseJson('\uFEFF{"name": "\uFEFFa"}')).toEqual({ name: "\uFEFFa" });
});

test("UTF-16 and UTF-8 that is damaged are named", () => {
  expect(() => decodeJson(bytes('\uFEFF{"steps": 2}', "utf16le"))).toThrow("it is UTF-16, by its byte order mark");
  expect(() => decodeJson(bytes('\uFEFF{"steps": 2}', "utf16le").swap16())).toThrow("it is UTF-16");
  expect(() => decodeJson(bytes('{"steps": 2}', "utf16le"))).toThrow("NUL bytes, as UTF-16 does");
  expect(() => decodeJson(bytes('{"name": "é"}', "latin1"))).toThrow("it is not UTF-8; save it as UTF-8");
});

test("a key that stands twice is named, wherever its object is and however it is written", () => {
  expect(() => parseJson('{"steps": 1, "batch": 2, "steps": 1}')).toThrow('the key "steps" stands twice');
  expect(() => parseJson('{"model": [{"width": 1, "w\\u0069dth": 2}]}')).toThrow('the key "width" stands twice');
  expect(parseJson('{"a": {"b": 1}, "c": {"b": 1}}')).toEqual({ a: { b: 1 }, c: { b: 1 } });
});

test("numbers that JSON does not have are written as words that are read back by Number", () => {
  const written = stringifyJson({ perplexity: Infinity, low: [-Infinity], none: NaN, loss: 1.5, absent: undefined });
  expect(written).toBe('{"perplexity":"Infinity","low":["-Infinity"],"none":"NaN","loss":1.5}');
  const read = JSON.parse(written) as { perplexity: string; low: [string]; none: string };
  expect([read.perplexity, read.low[0], read.none].map(Number)).toEqual([Infinity, -Infinity, NaN]);
  expect(readStringified(written)).toEqual({ perplexity: Infinity, low: [-Infinity], none: NaN, loss: 1.5 });
  expect(readStringified('["infinity", " NaN", null]')).toEqual(["infinity", " NaN", null]);
});
