import { KeyValuePages, type PositionRows } from "@trivium/attention";
import { ShapeError, UnsupportedError } from "@trivium/core";
import { logicalPositions, type ModelInput, type StreamRows } from "@trivium/features";
import type { ProjectedKeyValues } from "@trivium/nn";
import { type ParameterTree, type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import { checkInput } from "./check-input.ts";
import type { AppendOptions, Decoder } from "./decoder.ts";
import type { DecoderParts } from "./decoder-parts.ts";
import { PagedState } from "./decoding-state.ts";
import { readOut } from "./embed.ts";
import type { ModelParts } from "./model-parts.ts";
import { isMerged } from "./resolve-config.ts";
import { distanceBias } from "./run-stack.ts";
import { runStreams } from "./run-streams.ts";
import { gatherRows, lastOfTokens, predictingStream, type RunningDecoder } from "./run-tokens.ts";
import { stackParameters } from "./stack-parameters.ts";
import { StackProgram } from "./stack-program.ts";
import { readsBothWays } from "./stream-layout.ts";

/** A decoder of a model: see the contract. */
export function createDecoder(model: ModelParts, tree: ParameterTree): Decoder {
  const { architecture, config } = model;
  const stack = stackParameters(architecture, config, tree, predictingStream(model));
  const bidirectional = readsBothWays(model, predictingStream(model));
  const pages = () => new KeyValuePages(stack.layers.length);
  const storages: DecoderParts["storages"] =
    architecture.crossMask && !isMerged(config) ? [pages(), pages()] : [pages()];
  const bias = distanceBias(stack, { config, bidirectional });
  const shared: DecoderParts = { model, tree, stack, storages, bidirectional, bias, states: new Set() };
  const parts: RunningDecoder = { ...shared, program: new StackProgram(shared) };
  const sum = (of: (storage: KeyValuePages) => number) => storages.reduce((all, one) => all + (one ? of(one) : 0), 0);
  let disposed = false;
  return {
    prefill(input, options = {}) {
      if (disposed) throw new UnsupportedError("model/decoding-state", "this decoder was disposed; make another one");
      return prefill(parts, input, options);
    },
    get pages() {
      const { size } = storages[0].pages;
      return { size, free: sum(({ pages }) => pages.free), total: sum(({ pages }) => pages.total) };
    },
    get bytesCopied() {
      return sum(({ bytesCopied }) => bytesCopied);
    },
    dispose() {
      disposed = true;
      for (const state of [...parts.states]) state.dispose();
      parts.program.dispose();
      for (const storage of storages) storage?.dispose();
    },
  };
}

function prefill(parts: RunningDecoder, input: ModelInput, options: AppendOptions): PagedState {
  const { logits: wanted = "last", states: keeps = false } = options;
  const { model, tree, storages } = parts;
  const [storage, sources] = storages;
  const rows = checkPrompts(model, input);
  const memory = input.streams[model.architecture.streams.at(-2) ?? ""];
  const memoryLengths = Int32Array.from(rows.lengths, (_, row) => memory?.lengths[row] ?? 0);
  const before = isMerged(model.config) ? memoryLengths : new Int32Array(input.size);
  const counts = rows.lengths.map((length, row) => length + (before[row] as number));
  // The next page of each row is spare.
  const self = storage.extend(storage.emptyRows(input.size), counts, input.size);
  const cross = memory && sources?.extend(sources.emptyRows(input.size), memory.lengths);
  const held = cross ? [self.rows, cross.rows] : [self.rows];
  try {
    const { logits, states } = tf.tidy(() => {
      const all = runStreams(model, tree, input, {
        keepSelf: (layer, keyValues, positions) => storage.write(layer, realSlots(keyValues, positions), self.runs),
        keepCross: (layer, keyValues) => {
          const positions = logicalPositions(memory as StreamRows);
          if (cross) sources?.write(layer, realSlots(keyValues, positions), cross.runs);
        },
      });
      const logits = readOut(model.config, tree, statesOf(all, rows, wanted));
      return { logits, states: keeps ? statesOf(all, rows, "all") : undefined };
    });
    return new PagedState(parts, {
      rows: held,
      sealed: Int32Array.from(input.prefixLengths),
      sources: memoryLengths,
      logits,
      states,
      last: wanted === "all" ? lastOfTokens(rows.lengths) : undefined,
    });
  } catch (error) {
    for (const [at, taken] of held.entries()) storages[at]?.release(taken);
    throw error;
  }
}

function checkPrompts(model: ModelParts, input: ModelInput): StreamRows {
  checkInput(model.architecture, model.config, input);
  const rows = input.streams[predictingStream(model)] as StreamRows;
  const packed = "packed rows cannot be decoded; give each prompt a row of its own";
  if (rows.documents) throw new UnsupportedError("model/packed-prompt", packed);
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
  const kept = (tensor: Tensor3D): Tensor2D => {
    const flat = tf.reshape(tensor, [rows * length, width]) as Tensor2D;
    return whole ? flat : gatherRows(flat, real);
  };
  return { key: kept(key), value: kept(value) };
}

/** The states of each row's last token, or of every token, row by row: `[B, M]` or `[R, M]`. */
function statesOf(states: Tensor3D, { lengths, length, padding }: StreamRows, wanted: "last" | "all"): Tensor2D {
  const places = lengths.flatMap((real, row) => {
    const end = row * length + (padding === "left" ? length : real);
    return wanted === "last" ? [end - 1] : Array.from({ length: real }, (_, at) => end - real + at);
  });
  return gatherRows(tf.reshape(states, [-1, states.shape[2]]) as Tensor2D, places);
}
