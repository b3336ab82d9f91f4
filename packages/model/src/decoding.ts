import {
  type CrossAttentionCache,
  createCrossAttentionCache,
  createSealedPrefixCache,
  positionsWith,
  type SealedPrefixCache,
} from "@trivium/attention";
import { ShapeError, UnsupportedError } from "@trivium/core";
import { logicalPositions, type ModelInput, type StreamRows } from "@trivium/features";
import { type Mask, positioned } from "@trivium/masks";
import { type ParameterTree, tf } from "@trivium/tensor";
import { type Architecture, type MaskContext, selfMaskOf } from "./architecture.ts";
import { checkInput, checkLength } from "./check-input.ts";
import { embed, readOut } from "./embed.ts";
import { mergedMask } from "./merged-mask.ts";
import type { DecodingState } from "./model.ts";
import { isMerged } from "./resolve-config.ts";
import { runStack, type StackRun } from "./run-stack.ts";
import { lastStates, type ModelParts, runStreams } from "./run-streams.ts";
import { stackParameters } from "./stack-parameters.ts";
import { masksOfLayers, readsBothWays } from "./stream-layout.ts";

/** The caches of one batch, layer by layer. */
interface Caches extends DecodingState {
  /** Of each row. */
  readonly prefixLengths: readonly number[];
  /** Of each row: how many positions of the stream before it the self-attention reads. */
  readonly memoryLengths: readonly number[];
  /** Of the predicting stream. The prompt is sealed: it was seen whole, and what is decoded never joins its prefix. */
  readonly self: readonly SealedPrefixCache[];
  /** Of the stream before it. */
  readonly cross: readonly CrossAttentionCache[];
}

const caches = new WeakSet<DecodingState>();

/** Slots of the caches that are made ready at a time: few beside a long text, enough to copy it seldom. */
const ROOM = 16;

/** Runs the prompt once: the logits of each row's next token, and the keys and values of all layers. */
export function prefillCaches(parts: ModelParts, tree: ParameterTree, input: ModelInput): DecodingState {
  const { architecture, config } = parts;
  checkInput(architecture, config, input);
  const rows = input.streams[predicting(architecture)] as StreamRows;
  if (rows.documents)
    throw new UnsupportedError(
      "model/packed-prompt",
      "packed rows cannot be decoded; give each prompt a row of its own",
    );
  const empty = rows.lengths.findIndex((length) => length < 1);
  if (empty >= 0)
    throw new ShapeError("model/prompt", `row ${empty} of the prompt is empty; it needs at least one token`);
  const self: SealedPrefixCache[] = [];
  const cross: CrossAttentionCache[] = [];
  const memory = memoryOf(architecture, input);
  const logits = tf.tidy(() => {
    const states = runStreams(parts, tree, input, {
      keepSelf: (layer, entry) => {
        self[layer] = createSealedPrefixCache(entry, { room: ROOM });
      },
      keepCross: (layer, keyValues) => {
        cross[layer] = createCrossAttentionCache({ ...keyValues, positions: logicalPositions(memory as StreamRows) });
      },
    });
    return readOut(config, tree, lastStates(states, rows));
  });
  const memoryLengths = rows.lengths.map((_, row) => (isMerged(config) ? (memory?.lengths[row] as number) : 0));
  return createState({ logits, prefixLengths: input.prefixLengths, memoryLengths, self, cross, decoded: 0 });
}

/** The rows of a state that are named, in that order; consumes it. */
export function reorderState(given: DecodingState, rows: readonly number[]): DecodingState {
  const state = live(given);
  const count = state.prefixLengths.length;
  if (rows.length === 0 || rows.some((row) => !(Number.isInteger(row) && row >= 0 && row < count)))
    throw new ShapeError("model/decode", `rows should be some of 0 … ${count - 1}, got [${rows.join(", ")}]`);
  caches.delete(state);
  const logits = tf.tidy(() => tf.gather(state.logits, tf.tensor1d([...rows], "int32")));
  state.logits.dispose();
  return createState({
    logits,
    prefixLengths: rows.map((row) => state.prefixLengths[row] as number),
    memoryLengths: rows.map((row) => state.memoryLengths[row] as number),
    self: state.self.map((cache) => cache.reorder(rows)),
    cross: state.cross.map((cache) => cache.reorder(rows)),
    decoded: state.decoded,
  });
}

function live(state: DecodingState): Caches {
  if (caches.has(state)) return state as Caches;
  throw new UnsupportedError("model/decoding-state", "this state was consumed, disposed, or made by another model");
}

/**
 * Runs one new token of each row against the caches.
 *
 * The new token's logical position follows its row's last one. It sees what the architecture's mask shows at that
 * position with the prefix lengths of the prompt: what is decoded never joins the prefix. A row that rests gets a slot
 * of padding.
 */
export function decodeStep(
  parts: ModelParts,
  tree: ParameterTree,
  given: DecodingState,
  ids: readonly (number | null)[],
): DecodingState {
  const { architecture, config } = parts;
  const state = live(given);
  const { prefixLengths, memoryLengths } = state;
  const size = prefixLengths.length;
  if (ids.length !== size)
    throw new ShapeError("model/decode", `decode appends one token to each of ${size} rows, got ${ids.length}`);
  const stream = predicting(architecture);
  const before = (state.self[0] as SealedPrefixCache).positions;
  const queries = before.map((row, index) => [ids[index] === null ? -1 : Math.max(...row) + 1]);
  const keys = positionsWith(state.self[0] as SealedPrefixCache, queries);
  const length = Math.max(...queries.flat()) + 1;
  checkLength(stream, length, config.length);
  const masks = masksOfLayers(config, stream, (window) => textMask(parts, { ...state, window }, length));
  const placed = new Map([...new Set(masks)].map((mask) => [mask, positioned(mask, { queries, keys })]));
  const self: SealedPrefixCache[] = [];
  const logits = tf.tidy(() => {
    const stack = stackParameters(architecture, config, tree, stream);
    const x = embed({
      config,
      tree,
      stack,
      ids: Int32Array.from(ids, (id) => id ?? 0),
      positions: queries,
      prefixAt: (row) => (isMerged(config) ? memoryLengths : prefixLengths)[row] as number,
    });
    const run: StackRun = {
      config,
      kernel: parts.kernel,
      selfMasks: masks.map((mask) => placed.get(mask) as Mask),
      queryPositions: queries,
      keyPositions: keys,
      bidirectional: readsBothWays(parts, stream),
      extend(layer, fresh) {
        const extended = (state.self[layer] as SealedPrefixCache).extend({
          ...fresh,
          positions: queries,
          mask: masks[layer] as Mask,
        });
        self[layer] = extended;
        return extended;
      },
      cross: isMerged(config) ? undefined : crossStep(architecture, state, queries),
    };
    return readOut(config, tree, runStack(stack, x, run));
  });
  caches.delete(state);
  state.logits.dispose();
  return createState({
    logits,
    prefixLengths,
    memoryLengths,
    self,
    cross: state.cross,
    decoded: state.decoded + 1,
  });
}

/** The self-attention mask over logical positions, as far as they go. */
function textMask(
  { architecture, config }: ModelParts,
  state: Pick<Caches, "prefixLengths" | "memoryLengths"> & Pick<MaskContext, "window">,
  length: number,
): Mask {
  if (!isMerged(config)) return selfMaskOf(architecture, predicting(architecture))(state);
  const { memoryLengths } = state;
  const positions = memoryLengths.map(() => Array.from({ length }, (_, position) => position));
  return mergedMask(architecture, state, { memoryLengths, queries: positions, keys: positions });
}

function crossStep(architecture: Architecture, state: Caches, queries: number[][]): StackRun["cross"] {
  const { crossMask } = architecture;
  if (!crossMask) return undefined;
  const keys = (state.cross[0] as CrossAttentionCache).positions;
  const mask = positioned(crossMask({ prefixLengths: state.prefixLengths }), { queries, keys });
  return { mask, keyValues: (layer) => state.cross[layer] as CrossAttentionCache };
}

const memoryOf = ({ streams }: Architecture, input: ModelInput) => input.streams[streams.at(-2) ?? ""];

function createState(parts: Omit<Caches, "dispose">): DecodingState {
  const state: Caches = {
    ...parts,
    dispose() {
      if (!caches.delete(state)) return;
      state.logits.dispose();
      for (const cache of [...state.self, ...state.cross]) cache.dispose();
    },
  };
  caches.add(state);
  return state;
}

const predicting = ({ streams }: Architecture): string => streams.at(-1) as string;
