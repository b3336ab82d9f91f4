import { ConfigError } from "@trivium/core";
import type { TokenizerDefinition } from "./hugging-face.ts";

/** A token of a SentencePiece model. */
export interface Piece {
  readonly text: string;
  readonly score: number;
  readonly kind: "normal" | "unknown" | "control" | "user" | "unused" | "byte";
}

/** A SentencePiece model: its tokens in the order of their ids, and how a text is prepared. */
export interface SentencePieceModel {
  readonly pieces: readonly Piece[];
  readonly kind: "unigram" | "bpe";
  /** Base64 of the compiled map of characters; empty where text stays as it is. */
  readonly characters: string;
  /** Whether a space is put before a text. */
  readonly leadingSpace: boolean;
  /** Whether spaces at the ends are taken off, and several made one. */
  readonly singleSpaces: boolean;
}

/** The kinds of tokens by their numbers in files. */
export const pieceKinds = [undefined, "normal", "unknown", "control", "user", "unused", "byte"] as const;

/**
 * Reads a SentencePiece model: `spiece.model`, `tokenizer.model`, `source.spm`.
 *
 * @throws {ConfigError} `text/sentence-piece` if the bytes are no such model, or words or characters are its tokens.
 * @source https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
 */
export function readSentencePiece(bytes: Uint8Array): SentencePieceModel {
  const pieces: Piece[] = [];
  let [kind, characters, leadingSpace, singleSpaces] = [1, "", true, true];
  for (const { field, value } of fieldsOf(bytes)) {
    if (field === 1) pieces.push(pieceOf(bytesOf(value)));
    if (field === 2) kind = numberOf(firstOf(bytesOf(value), 3) ?? 1);
    if (field !== 3) continue;
    for (const own of fieldsOf(bytesOf(value))) {
      if (own.field === 2) characters = base64(bytesOf(own.value));
      if (own.field === 3) leadingSpace = own.value !== 0;
      if (own.field === 4) singleSpaces = own.value !== 0;
    }
  }
  if (pieces.length === 0) throw broken("it has no tokens");
  if (kind !== 1 && kind !== 2) throw broken("its tokens are words or characters, and Unigram and BPE can be read");
  return { pieces, kind: kind === 1 ? "unigram" : "bpe", characters, leadingSpace, singleSpaces };
}

/**
 * Returns the `tokenizer.json` of a SentencePiece model.
 *
 * @param extra - further special tokens, whose ids follow: T5's `<extra_id_0>`.
 * @source the converters of Hugging Face transformers, `convert_slow_tokenizer.py`
 */
export function sentencePieceDefinition(model: SentencePieceModel, extra: readonly string[] = []): TokenizerDefinition {
  const { pieces } = model;
  const added = pieces.flatMap(({ text, kind }, id) =>
    kind === "control" || kind === "unknown" || kind === "user"
      ? [{ id, content: text, special: kind !== "user" }]
      : [],
  );
  const more = extra.map((content, at) => ({ id: pieces.length + at, content, special: true }));
  const parts = model.kind === "unigram" ? unigram(model) : bpe(model);
  return { version: "1.0", added_tokens: [...added, ...more], ...parts };
}

const SPACE = "▁";
const replaced = (pattern: string, content: string) => ({ type: "Replace", pattern: { String: pattern }, content });

/** What is done to a text before it is cut, whatever cuts it. */
function normalizers({ characters, singleSpaces }: SentencePieceModel): object[] {
  const single = [
    { type: "Strip", strip_left: true, strip_right: true },
    { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
  ];
  const compiled = characters === "" ? [] : [{ type: "Precompiled", precompiled_charsmap: characters }];
  return [...compiled, ...(singleSpaces ? single : [])];
}

function unigram(prepared: SentencePieceModel) {
  const { pieces, leadingSpace } = prepared;
  const metaspace = { type: "Metaspace", replacement: SPACE, prepend_scheme: leadingSpace ? "always" : "never" };
  return {
    normalizer: { type: "Sequence", normalizers: normalizers(prepared) },
    pre_tokenizer: metaspace,
    decoder: metaspace,
    model: {
      type: "Unigram" as const,
      unk_id: unknownOf(pieces),
      vocab: pieces.map(({ text, score }): [string, number] => [text, score]),
    },
  };
}

function bpe(prepared: SentencePieceModel) {
  const { pieces, leadingSpace } = prepared;
  const ids = new Map(pieces.map(({ text }, id) => [text, id]));
  const prepend = leadingSpace ? [{ type: "Prepend", prepend: SPACE }] : [];
  const bytes = [{ type: "ByteFallback" }, { type: "Fuse" }];
  const strip = leadingSpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [];
  return {
    normalizer: { type: "Sequence", normalizers: [...normalizers(prepared), ...prepend, replaced(" ", SPACE)] },
    decoder: { type: "Sequence", decoders: [replaced(SPACE, " "), ...bytes, ...strip] },
    model: {
      type: "BPE" as const,
      vocab: Object.fromEntries(ids),
      merges: mergesOf(pieces, ids),
      unk_token: pieces[unknownOf(pieces)]?.text,
      byte_fallback: pieces.some(({ kind }) => kind === "byte"),
      fuse_unk: true,
    },
  };
}

/** Two tokens that are one: the best first. */
function mergesOf(pieces: readonly Piece[], ids: ReadonlyMap<string, number>): [string, string][] {
  const merges = pieces.flatMap(({ text, score, kind }) => {
    if (kind !== "normal") return [];
    const letters = [...text];
    return letters.slice(1).flatMap((_, at) => {
      const [left, right] = [letters.slice(0, at + 1).join(""), letters.slice(at + 1).join("")];
      const [first, second] = [ids.get(left), ids.get(right)];
      return first === undefined || second === undefined ? [] : [{ left, right, score, first, second }];
    });
  });
  merges.sort((a, b) => b.score - a.score || a.first - b.first || a.second - b.second);
  return merges.map(({ left, right }) => [left, right]);
}

const unknownOf = (pieces: readonly Piece[]): number =>
  Math.max(
    0,
    pieces.findIndex(({ kind }) => kind === "unknown"),
  );

function pieceOf(bytes: Uint8Array): Piece {
  let [text, score, kind] = ["", 0, 1];
  for (const { field, value } of fieldsOf(bytes)) {
    if (field === 1) text = new TextDecoder().decode(bytesOf(value));
    if (field === 2) score = new DataView(Uint32Array.of(numberOf(value)).buffer).getFloat32(0, true);
    if (field === 3) kind = numberOf(value);
  }
  return { text, score, kind: pieceKinds[kind] ?? "unused" };
}

interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** The fields of a protocol buffer's message. @source https://protobuf.dev/programming-guides/encoding */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 63) throw broken("it is cut off or altered");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw broken("it is cut off or altered");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) yield { field, value: varint() };
    else if (wire === 1) yield { field, value: take(8) };
    else if (wire === 2) yield { field, value: take(varint()) };
    else if (wire === 5) {
      const four = take(4);
      yield { field, value: new DataView(four.buffer, four.byteOffset).getUint32(0, true) };
    } else throw broken("it is no SentencePiece model");
  }
}

const firstOf = (bytes: Uint8Array, wanted: number): Field["value"] | undefined =>
  [...fieldsOf(bytes)].find(({ field }) => field === wanted)?.value;

function bytesOf(value: Field["value"]): Uint8Array {
  if (typeof value === "number") throw broken("it is no SentencePiece model");
  return value;
}

function numberOf(value: Field["value"]): number {
  if (typeof value !== "number") throw broken("it is no SentencePiece model");
  return value;
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

const broken = (problem: string): ConfigError =>
  new ConfigError("text/sentence-piece", `SentencePiece model: ${problem}; download the file again`);
