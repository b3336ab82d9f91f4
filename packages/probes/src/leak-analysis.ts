import { NumericsError } from "@trivium/core";
import type { Example, ModelInput, StreamRows } from "@trivium/features";
import { type LanguageModel, leaksByMasks, logitsOf } from "@trivium/model";
import {
  countLabels,
  isMisplaced,
  type MarkedBatch,
  type MarkedBatchOptions,
  markedBatch,
  type ShownLabels,
  showsAsDeclared,
} from "@trivium/objectives";
import { type ParameterTree, tf } from "@trivium/tensor";
import { type InputSlot, type LeakKind, leakKinds, supervised } from "./leak-kinds.ts";
import type { ProbedModel } from "./probed-model.ts";
import { stateGradients } from "./state-gradients.ts";
import { withIds } from "./with-ids.ts";

/** The model to analyse, and the examples to analyse it on. */
export interface LeakAnalysisOptions extends ProbedModel, MarkedBatchOptions {
  /** A few short ones: each slot of their batch costs a pass forward, each prediction one backward. */
  readonly examples: readonly Example[];
}

/** A place in a batch. */
export interface BatchPlace {
  readonly stream: string;
  readonly row: number;
  readonly slot: number;
}

/** An input slot that a prediction depends on and should not. */
export interface Leak {
  readonly kind: LeakKind;
  readonly prediction: BatchPlace;
  readonly seen: BatchPlace;
  /** The largest change of the prediction's logits when the id in that slot is another; 0 where no bit moved. */
  readonly moved: number;
  /** Norm of the gradient of a fixed random combination of these logits with respect to the slot's embedding. */
  readonly gradient: number;
  readonly text: string;
}

/** The input slots that predictions depend on and should not, by both ways of looking. */
export interface LeakAnalysis {
  /**
   * True if no more labels are shown than the objective declares, by the masks and by measuring, none of them behind its
   * prediction, and if no prediction depends on other examples or on padding. An objective without a declaration shows
   * no label.
   */
  readonly clean: boolean;
  /** Labels that the masks let through, with the way that they take: `labelLeaks` on the masks of this very batch. */
  readonly byMasks: readonly string[];
  /** Leaks of the live model: mistakes of masks, kernels, batches or objectives. */
  readonly measured: readonly Leak[];
  /** The number of measured leaks of each kind. */
  readonly counts: Readonly<Record<LeakKind, number>>;
  /** Labels of tokens, and those that a prediction depends on by the masks or by measuring, whichever are more. */
  readonly labels: ShownLabels;
  /** The number of predictions with loss, and of input slots that were changed one by one. */
  readonly checked: { readonly predictions: number; readonly slots: number };
}

/**
 * Looks for labels that a model sees before it predicts them, twice: by reachability through its masks, and by measuring
 * the live model, where each input id is changed and each prediction differentiated.
 *
 * What stands where is found by sending marks through objective and collation, so a wrong shift, an answer in the source
 * or rows joined wrongly are found like a wrong mask. A prediction may depend on no slot that holds its own label or a
 * later one, on none of another example and on no padding: not by one bit. Special tokens that the objective
 * inserts have no mark and are labels nowhere. Labels that an objective shows on purpose are listed, too, and are held
 * against the share that it declares.
 *
 * @throws {NumericsError} `probes/not-finite` if logits are not finite: nothing could be said of them.
 * @throws what the objective, the collation and the model throw.
 * @example leakAnalysis({ model, parameters, objective: prefixLm(), examples }).clean // => true
 */
export function leakAnalysis(options: LeakAnalysisOptions): LeakAnalysis {
  const { model, parameters, objective, examples } = options;
  const probe = markedBatch(objective, examples, options);
  const predictions = supervised(probe);
  const { slots, measured } = measureLeaks({ model, parameters, probe, predictions });
  const byMasks = leaksByMasks(model, probe);
  const counts = { label: 0, future: 0, document: 0, padding: 0 };
  for (const { kind } of measured) counts[kind]++;
  const labels = { labels: countLabels(probe), shown: Math.max(predictorsOf(byMasks), shownSlots(measured)) };
  const isMeasuredMisplaced = ({ kind, prediction: { stream, slot }, seen }: Leak) =>
    kind === "label" && isMisplaced({ position: slot, label: { stream: seen.stream, position: seen.slot } }, stream);
  const predicting = model.architecture.streams.at(-1) as string;
  const misplaced = byMasks.some((leak) => isMisplaced(leak, predicting)) || measured.some(isMeasuredMisplaced);
  const clean = !misplaced && counts.document + counts.padding === 0 && showsAsDeclared(objective, labels);
  return {
    clean,
    byMasks: byMasks.map(({ text }) => text),
    measured,
    counts,
    labels,
    checked: { predictions: predictions.length, slots },
  };
}

const predictorsOf = (leaks: readonly { readonly row: number; readonly position: number }[]): number =>
  new Set(leaks.map(({ row, position }) => `${row} ${position}`)).size;

/** A label in sight of any prediction that it should not be in sight of counts once. */
const shownSlots = (leaks: readonly Leak[]): number =>
  new Set(
    leaks
      .filter(({ kind }) => kind === "label" || kind === "future")
      .map(({ seen }) => `${seen.stream} ${seen.row} ${seen.slot}`),
  ).size;

interface Measurement extends Pick<ProbedModel, "model" | "parameters"> {
  readonly probe: MarkedBatch;
  /** Positions of the last stream, flat in `[B, L]`. */
  readonly predictions: readonly number[];
}

function measureLeaks({ model, parameters, probe, predictions }: Measurement): { slots: number; measured: Leak[] } {
  const stream = model.architecture.streams.at(-1) as string;
  const slots = Object.entries(probe.owners).flatMap(([name, ids]) =>
    [...ids.keys()].map((at): InputSlot => ({ stream: name, at })),
  );
  const kindOf = leakKinds(probe, stream);
  const before = finiteLogits(model, parameters, probe.batch);
  const gradients = stateGradients(model, parameters, probe.batch, predictions);
  const measured = slots.flatMap((slot) => {
    const changed = withIds(probe.batch, [slot], (id) => (id + 1) % model.config.vocabulary);
    const after = finiteLogits(model, parameters, changed);
    return predictions.flatMap((at, index): Leak[] => {
      const kind = kindOf(at, slot);
      if (!kind) return [];
      const moved = largestChange(before, after, { at, width: model.config.vocabulary });
      const gradient = gradients[index]?.[slot.stream]?.[slot.at] ?? 0;
      if (moved === 0 && gradient === 0) return [];
      const prediction = placeOf(probe.batch, { stream, at });
      return [describeLeak({ kind, prediction, seen: placeOf(probe.batch, slot), moved, gradient })];
    });
  });
  return { slots: slots.length, measured };
}

function finiteLogits(model: LanguageModel, parameters: ParameterTree, input: ModelInput): Float32Array {
  const logits = tf.tidy(() => logitsOf(model, parameters, input).dataSync() as Float32Array);
  const at = logits.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return logits;
  const slot = Math.floor(at / model.config.vocabulary);
  const message = `logits should be finite, got ${logits[at]} at flat position ${slot}`;
  const remedy = "look for a row of attention that sees nothing, or for parameters that diverged";
  throw new NumericsError("probes/not-finite", `${message}; ${remedy}`, { details: { position: slot } });
}

function largestChange(before: Float32Array, after: Float32Array, row: { at: number; width: number }): number {
  let largest = 0;
  for (let index = row.at * row.width; index < (row.at + 1) * row.width; index++) {
    largest = Math.max(largest, Math.abs((after[index] as number) - (before[index] as number)));
  }
  return largest;
}

function placeOf({ streams }: ModelInput, { stream, at }: InputSlot): BatchPlace {
  const { length } = streams[stream] as StreamRows;
  return { stream, row: Math.floor(at / length), slot: at % length };
}

const whose: Readonly<Record<LeakKind, string>> = {
  label: "which holds its label",
  future: "which holds the label of a later prediction",
  document: "which belongs to another example",
  padding: "which is padding",
};

function describeLeak(leak: Omit<Leak, "text">): Leak {
  const { kind, prediction, seen, moved, gradient } = leak;
  const [at, slot] = [prediction, seen].map((place) => `${place.stream}[${place.slot}] of row ${place.row}`);
  const how = `logits move by ${moved.toPrecision(3)}, gradient ${gradient.toPrecision(3)}`;
  return { ...leak, text: `the prediction at ${at} depends on ${slot}, ${whose[kind]}: ${how}` };
}
