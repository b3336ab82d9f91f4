import { KeyValuePages, type PageRows, type PositionRows } from "@trivium/attention";
import { ShapeError, UnsupportedError } from "@trivium/core";
import { logicalPositions, type ModelInput, type StreamRows } from "@trivium/features";
import type { ProjectedKeyValues } from "@trivium/nn";
import { type ParameterTree, type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import { checkInput } from "./check-input.ts";
import type { AppendOptions, Decoder } from "./decoder.ts";
import { PagedState } from "./decoding-state.ts";
import { readOut } from "./embed.ts";
import { isMerged } from "./resolve-config.ts";
import { distanceBias } from "./run-stack.ts";
import { type ModelParts, runStreams } from "./run-streams.ts";
import { type DecoderParts, lastOfTokens, predictingStream } from "./run-tokens.ts";
import { stackParameters } from "./stack-parameters.ts";
import { readsBothWays } from "./stream-layout.ts";

/** A decoder of a model: see the contract. */
export function createDecoder(model: ModelParts, tree: ParameterTree): Decoder {
  const { architecture, config } = model;
  const stack = stackParameters(architecture, config, tree, predictingStream(model));
  const separate = architecture.crossMask !== undefined && !isMerged(config);
  const bidirectional = readsBothWays(model, predictingStream(model));
  const parts: DecoderParts = {
    model,
    tree,
    stack,
    storage: new KeyValuePages(stack.layers.length),
    sources: separate ? new KeyValuePages(stack.layers.length) : undefined,
    bidirectional,
    bias: distanceBias(stack, { config, bidirectional }),
    states: new Set(),
  };
  const storages = parts.sources ? [parts.storage, parts.sources] : [parts.storage];
  const sum = (of: (storage: KeyValuePages) => number): number => storages.reduce((all, one) => all + of(one), 0);
  let disposed = false;
  return {
    prefill(input, options = {}) {
      if (disposed) throw new UnsupportedError("model/decoding-state", "this decoder was disposed; make another one");
      return prefill(parts, input, options);
    },
    get pages() {
      const { size } = parts.storage.pages;
      return { size, free: sum(({ pages }) => pages.free), total: sum(({ pages }) => pages.total) };
    },
    get bytesCopied() {
      return sum(({ bytesCopied }) => bytesCopied);
    },
    dispose() {
      disposed = true;
      for (const state of [...parts.states]) state.dispose();
      for (const storage of storages) storage.dispose();
    },
  };
}

function prefill(parts: DecoderParts, input: ModelInput, { logits: wanted = "last" }: AppendOptions): PagedState {
  const { model, tree, storage, sources } = parts;
  const rows = checkPrompts(model, input);
  const memory = input.streams[model.architecture.streams.at(-2) ?? ""];
  const memoryLengths = rows.lengths.map((_, row) => memory?.lengths[row] ?? 0);
  const merged = isMerged(model.config);
  const self = storage.extend(
    storage.emptyRows(input.size),
    rows.lengths.map((length, row) => length + (merged ? (memoryLengths[row] as number) : 0)),
    // The next page of each row.
    input.size,
  );
  const cross = memory && sources ? sources.extend(sources.emptyRows(input.size), memory.lengths) : undefined;
  try {
    const logits = tf.tidy(() => {
      const states = runStreams(model, tree, input, {
        keepSelf: (layer, keyValues, positions) => storage.write(layer, realSlots(keyValues, positions), self.runs),
        keepCross: (layer, keyValues) => {
          const positions = logicalPositions(memory as StreamRows);
          if (cross) sources?.write(layer, realSlots(keyValues, positions), cross.runs);
        },
      });
      return readOut(model.config, tree, statesOf(states, rows, wanted));
    });
    return new PagedState(parts, {
      rows: self.rows,
      sourceRows: cross?.rows,
      sealed: Int32Array.from(input.prefixLengths),
      sources: Int32Array.from(memoryLengths),
      logits,
      last: wanted === "all" ? lastOfTokens(rows.lengths) : undefined,
    });
  } catch (error) {
    release(storage, self.rows);
    release(sources, cross?.rows);
    throw error;
  }
}

function release(storage: KeyValuePages | undefined, rows: PageRows | undefined): void {
  if (storage && rows) storage.release(rows);
}

function checkPrompts(model: ModelParts, input: ModelInput): StreamRows {
  checkInput(model.architecture, model.config, input);
  const rows = input.streams[predictingStream(model)] as StreamRows;
  if (rows.documents)
    throw new UnsupportedError(
      "model/packed-prompt",
      "packed rows cannot be decoded; give each prompt a row of its own",
    );
  const empty = rows.lengths.findIndex((length) => length < 1);
  if (empty >= 0)
    throw new ShapeError("model/prompt", `row ${empty} of the prompt is empty; it needs at least one token`);
  return rows;
}

/** Keys and values without those of padding, `[R, G·D]`: what a model computed there, NaN included, is not kept. */
function realSlots({ key, value }: ProjectedKeyValues, positions: PositionRows) {
  const [rows, length, width] = key.shape;
  const real = positions.flatMap((row, b) => row.flatMap((position, slot) => (position < 0 ? [] : b * length + slot)));
  const whole = positions.length < rows || real.length === rows * length;
  const indices = whole ? undefined : tf.tensor1d(real, "int32");
  const kept = (tensor: Tensor3D): Tensor2D => {
    const flat = tf.reshape(tensor, [rows * length, width]) as Tensor2D;
    return indices ? (tf.gather(flat, indices) as Tensor2D) : flat;
  };
  return { key: kept(key), value: kept(value) };
}

/** The states of each row's last token, or of every token, row by row: `[B, M]` or `[R, M]`. */
function statesOf(states: Tensor3D, { lengths, length, padding }: StreamRows, wanted: "last" | "all"): Tensor2D {
  const places = lengths.flatMap((real, row) => {
    const end = row * length + (padding === "left" ? length : real);
    return wanted === "last" ? [end - 1] : Array.from({ length: real }, (_, at) => end - real + at);
  });
  return tf.gather(tf.reshape(states, [-1, states.shape[2]]) as Tensor2D, tf.tensor1d(places, "int32"));
}
