import { ShapeError, UnsupportedError } from "@trivium/core";
import { logicalPositions, type ModelInput, type StreamRows } from "@trivium/features";
import { positioned } from "@trivium/masks";
import type { KeyValues } from "@trivium/nn";
import { type ParameterTree, type Tensor, type Tensor2D, type Tensor4D, tf } from "@trivium/tensor";
import { type Architecture, selfMaskOf } from "./architecture.ts";
import { checkInput, checkLength } from "./check-input.ts";
import { embed, readOut } from "./embed.ts";
import { isBidirectional, maskContext } from "./input-masks.ts";
import type { DecodingState } from "./model.ts";
import { runStack, type StackRun } from "./run-stack.ts";
import { lastStates, type ModelParts, runStreams } from "./run-streams.ts";
import { stackParameters } from "./stack-parameters.ts";

/** The caches of one batch: tensors kept from step to step, and where each slot stands in its row. */
interface Caches extends DecodingState {
  readonly input: ModelInput;
  /** Keys and values of the predicting stream by layer, `[B, G, slots, D]`. */
  readonly self: readonly KeyValues[];
  /** Keys and values of the stream before it, computed once. */
  readonly cross: readonly KeyValues[];
  /** `[B][slots]`, −1 for padding. */
  readonly positions: readonly (readonly number[])[];
}

const caches = new WeakSet<DecodingState>();

/** Runs the prompt once: the logits of each row's next token, and the keys and values of all layers. */
export function prefillCaches(parts: ModelParts, tree: ParameterTree, input: ModelInput): DecodingState {
  const { architecture, config } = parts;
  checkInput(architecture, config, input);
  const rows = input.streams[predicting(architecture)] as StreamRows;
  const empty = rows.lengths.findIndex((length) => length < 1);
  if (empty >= 0)
    throw new ShapeError("model/prompt", `row ${empty} of the prompt is empty; it needs at least one token`);
  const self: KeyValues[] = [];
  const cross: KeyValues[] = [];
  const logits = tf.tidy(() => {
    const states = runStreams(parts, tree, input, {
      keepSelf: (layer, keyValues) => {
        self[layer] = keep(keyValues);
      },
      keepCross: (layer, keyValues) => {
        cross[layer] = keep(keyValues);
      },
    });
    return readOut(config, tree, lastStates(states, rows));
  });
  return createState({ logits, input, self, cross, positions: logicalPositions(rows), decoded: 0 });
}

/**
 * Runs one new token of each row against the caches.
 *
 * The new token's logical position follows its row's last one. It sees what the architecture's mask shows at that
 * position with the prefix lengths of the prompt: what is decoded never joins the prefix.
 */
export function decodeStep(
  parts: ModelParts,
  tree: ParameterTree,
  before: DecodingState,
  ids: readonly number[],
): DecodingState {
  const { architecture, config } = parts;
  if (!caches.has(before))
    throw new UnsupportedError("model/decoding-state", "this state was consumed, disposed, or made by another model");
  const state = before as Caches;
  const { input } = state;
  if (ids.length !== input.size) {
    throw new ShapeError("model/decode", `decode appends one token to each of ${input.size} rows, got ${ids.length}`);
  }
  const stream = predicting(architecture);
  const queries = state.positions.map((row) => [Math.max(...row) + 1]);
  checkLength(stream, Math.max(...queries.flat()) + 1, config.length);
  const positions = state.positions.map((row, index) => [...row, ...(queries[index] as number[])]);
  const self: KeyValues[] = [];
  const logits = tf.tidy(() => {
    const stack = stackParameters(architecture, config, tree, stream);
    const x = embed({ config, tree, stack, ids: Int32Array.from(ids), positions: queries });
    const run: StackRun = {
      config,
      kernel: parts.kernel,
      selfMask: positioned(selfMaskOf(architecture, stream)(maskContext(input)), { queries, keys: positions }),
      queryPositions: queries,
      keyPositions: positions,
      bidirectional: isBidirectional(architecture, stream),
      extend(layer, fresh) {
        self[layer] = keep(append(state.self[layer] as KeyValues, fresh));
        return self[layer] as KeyValues;
      },
      ...crossStep(architecture, state, queries),
    };
    const states = runStack(stack, x, run);
    return readOut(config, tree, tf.reshape(states, [input.size, config.width]) as Tensor2D);
  });
  caches.delete(before);
  tf.dispose([before.logits, ...state.self.flatMap(tensorsOf)]);
  return createState({ logits, input, self, cross: state.cross, positions, decoded: state.decoded + 1 });
}

function crossStep(architecture: Architecture, state: Caches, queries: number[][]): Pick<StackRun, "cross"> {
  const { crossMask, streams } = architecture;
  if (!crossMask) return {};
  const memory = state.input.streams[streams.at(-2) as string] as StreamRows;
  const mask = positioned(crossMask(maskContext(state.input)), { queries, keys: logicalPositions(memory) });
  return { cross: { mask, keyValues: (layer) => state.cross[layer] as KeyValues } };
}

function createState(parts: Omit<Caches, "dispose">): DecodingState {
  const state: Caches = {
    ...parts,
    dispose() {
      if (caches.delete(state)) tf.dispose([state.logits, ...[...state.self, ...state.cross].flatMap(tensorsOf)]);
    },
  };
  caches.add(state);
  return state;
}

const predicting = ({ streams }: Architecture): string => streams.at(-1) as string;
const tensorsOf = ({ key, value }: KeyValues): Tensor[] => [key, value];

function keep({ key, value }: KeyValues): KeyValues {
  return { key: tf.keep(key), value: tf.keep(value) };
}

function append(before: KeyValues, { key, value }: KeyValues): KeyValues {
  return {
    key: tf.concat([before.key, key], 2) as Tensor4D,
    value: tf.concat([before.value, value], 2) as Tensor4D,
  };
}
