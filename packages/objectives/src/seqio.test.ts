import { readFileSync } from "node:fs";
import { createRandom } from "@trivium/core";
import { type Batch, createPacker, type Features, logicalPositions, packedRows, toBatch } from "@trivium/features";
import { reservedSpecials } from "@trivium/text";
import { t5Like } from "@trivium/text/testing";
import { describe, expect, test } from "vitest";
import { causalLm } from "./causal-lm.ts";
import type { Objective } from "./objective.ts";
import { prefixLm } from "./prefix-lm.ts";
import { seq2seq } from "./seq2seq.ts";

type Row = Readonly<Record<string, readonly number[]>>;

/** Made by `scripts/reference/make_seqio_features.py`. */
interface Fixture {
  readonly seqio: string;
  readonly examples: readonly { readonly source: readonly number[]; readonly target: readonly number[] }[];
  readonly cases: Readonly<
    Record<
      string,
      { readonly lengths: Readonly<Record<string, number>>; readonly padded: Row[]; readonly packed: Row[] }
    >
  >;
}

const { examples, cases }: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/seqio-features.json", import.meta.url), "utf8"),
);
const random = createRandom(1);
/** Pad starts, and 1 ends source and target: the ends that seqio's examples bring along are this frame's. */
const { special } = t5Like("ab");
const withoutEnd = (ids: readonly number[]) => ids.slice(0, -1);
const pairs = examples.map(({ source, target }) => ({ source: withoutEnd(source), target: withoutEnd(target) }));
const texts = pairs.map(({ target }) => ({ tokens: target, ends: true }));

interface Converter {
  readonly name: string;
  readonly objective: Objective;
  readonly of: readonly (typeof pairs)[number][] | typeof texts;
  /** Tokens of a row of each stream, in seqio's words for its inputs and targets. */
  readonly lengths: (lengths: Readonly<Record<string, number>>) => Readonly<Record<string, number>>;
}

const oneRow: Converter["lengths"] = ({ inputs = 0, targets = 0 }) => ({ tokens: inputs + targets });
const converters: readonly Converter[] = [
  {
    name: "encoder-decoder",
    objective: seq2seq(),
    of: pairs,
    lengths: ({ inputs = 0, targets = 0 }) => ({ source: inputs, target: targets }),
  },
  { name: "language-model", objective: causalLm(), of: texts, lengths: oneRow },
  { name: "prefix", objective: prefixLm(), of: pairs, lengths: oneRow },
  { name: "prefix, loss on all", objective: causalLm(), of: pairs, lengths: oneRow },
];

const padded = (values: ArrayLike<number>, length: number): number[] =>
  Array.from({ length }, (_, at) => values[at] ?? 0);

/** One row of a batch in seqio's names, at seqio's lengths. */
function inSeqioWords(batch: Batch, row: number, lengths: Readonly<Record<string, number>>, isPacked: boolean): Row {
  const found: Record<string, readonly number[]> = {};
  let documents = 0;
  for (const [name, rows] of Object.entries(batch.streams)) {
    const length = lengths[name] as number;
    const cut = (values: Int32Array | Float32Array) =>
      padded(values.subarray(row * rows.length, row * rows.length + (rows.lengths[row] as number)), length);
    const coder = name === "source" ? "encoder" : "decoder";
    const sizes = rows.documents?.[row] ?? [];
    found[`${coder}_input_tokens`] = cut(rows.ids);
    if (isPacked) {
      const positions = logicalPositions(rows)[row] ?? [];
      found[`${coder}_positions`] = padded(
        positions.map((position) => Math.max(0, position)),
        length,
      );
      found[`${coder}_segment_ids`] = padded(
        sizes.flatMap((size, index) => Array(size).fill(index + 1)),
        length,
      );
    }
    if (coder === "encoder") continue;
    found.decoder_target_tokens = cut(batch.targets);
    found.decoder_loss_weights = cut(batch.lossWeights);
    documents = (rows.documents ?? []).slice(0, row).flat().length;
    const attention = (rows.documents?.[row] ?? [rows.lengths[row] as number]).flatMap((size, index) =>
      padded(Array(batch.prefixLengths[isPacked ? documents + index : row]).fill(1), size),
    );
    found.decoder_causal_attention = padded(attention, length);
  }
  return found;
}

/** Only what both have: seqio's language model has no prefix, and says so by having no attention at all. */
const shared = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row[name] ?? []]));

const featuresOf = ({ objective, of }: Converter): Features[] =>
  of.map((example) => objective.features(example, { special, random }));

describe.each(converters)("seqio's converter for $name", (converter) => {
  const expected = cases[converter.name]!;
  const lengths = converter.lengths(expected.lengths);

  test("padded: the same features, and the input behind a row's last token is padding where seqio has the end", () => {
    const batch = toBatch(featuresOf(converter));
    const rows = expected.padded.map((row): Row => {
      // seqio shifts the padded targets, so the last target is the input of the slot behind; no loss is taken there.
      const size = row.decoder_target_tokens!.indexOf(0);
      return { ...row, decoder_input_tokens: row.decoder_input_tokens!.map((id, at) => (at === size ? 0 : id)) };
    });
    const names = Object.keys(rows[0]!);
    expect(rows.map((_, row) => shared(inSeqioWords(batch, row, lengths, false), names))).toEqual(rows);
  });

  test("pitfall 27: packed with one open row, the same rows, segments and positions in every stream", () => {
    const packer = createPacker({ length: lengths, open: 1 });
    const given = featuresOf(converter).flatMap((features) => {
      const row = packer.add(features);
      return row ? [row] : [];
    });
    const batch = packedRows([...given, ...packer.flush()]);
    const names = Object.keys(expected.packed[0]!);
    expect(
      Array.from({ length: batch.size }, (_, row) => shared(inSeqioWords(batch, row, lengths, true), names)),
    ).toEqual(expected.packed);
  });
});

test("pitfall 10: in our own frame nothing starts a row, SEP ends the source, and the prefix is one shorter", () => {
  const ours = reservedSpecials();
  const separator = ours.frame.joined!.between[0];
  for (const [index, pair] of pairs.entries()) {
    const theirs = prefixLm().features(pair, { special, random });
    const mine = prefixLm().features(pair, { special: ours, random });
    const translated = (ids: readonly number[]) => {
      const end = pair.source.length;
      return ids.slice(1).map((id, at) => (at === end ? separator : id === 1 ? ours.end[0] : id));
    };
    expect(mine.streams.tokens).toEqual(translated(theirs.streams.tokens!));
    expect(mine.lossWeights).toEqual(theirs.lossWeights.slice(1));
    expect(mine.prefixLength).toBe(theirs.prefixLength - 1);
    const attention = cases.prefix!.padded[index]!.decoder_causal_attention!;
    expect(theirs.prefixLength).toBe(attention.filter(Boolean).length);
  }
});
