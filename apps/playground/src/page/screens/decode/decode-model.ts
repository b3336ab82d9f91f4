import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type DecodeState, decodeFields } from "../../../address/model-fields.ts";
import { answerOf, rowOf, stepsOf, treeOf } from "../../../models/beam-tree.ts";
import type { DecodeSettings, DecodeTrace } from "../../../models/protocol.ts";
import { createScreenState } from "../../route.ts";
import { ask, opened } from "../models/open-models.ts";

export const { state, problems, change } = createScreenState("decode", decodeFields);

/** The recorded answer. Undefined while there is none. */
const trace = signal<DecodeTrace | undefined>(undefined);
export const decodingFailed = signal("");

/** The tokens that the reader gave, by their ids. */
export const givenIds = computed(() => (state.value.f === "" ? [] : state.value.f.split(".").map(Number)));

const settingsOf = (of: DecodeState, source: string): DecodeSettings => ({
  model: of.v,
  source,
  strategy: of.g,
  beam: of.b,
  lengthPenalty: of.a,
  temperature: of.e,
  seed: of.s,
  forced: of.f === "" ? [] : of.f.split(".").map(Number),
});

/** Time after the last change, before the model answers. */
const PAUSE_MS = 150;

/** Lets the model answer whenever the models or the settings change; the step that is shown changes nothing. */
export function useDecoding(): void {
  const models = opened.value;
  const settings = models && settingsOf(state.value, state.value.t || models.sample);
  const written = JSON.stringify(settings);
  useEffect(() => {
    decodingFailed.value = "";
    if (!settings) {
      trace.value = undefined;
      return undefined;
    }
    let isOver = false;
    const decode = async () => {
      const said = await ask((id) => ({ type: "decode", id, settings }));
      if (isOver) return;
      trace.value = said.type === "decoded" ? said.trace : undefined;
      if (said.type === "failed") decodingFailed.value = said.message;
    };
    const soon = setTimeout(() => void decode(), PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(soon);
    };
  }, [models, written]);
}

/** The trace with what is derived of it. */
export const view = computed(() => {
  const found = trace.value;
  if (!found) return undefined;
  const steps = stepsOf(found);
  return { trace: found, steps, answer: answerOf(found), tree: treeOf(found) };
});

/** The step that is shown: the last one where the address names a later one. */
export const shownStep = computed(() => Math.max(0, Math.min(state.value.i, (view.value?.steps.length ?? 1) - 1)));

/** The row of the shown step that the answer comes from, and its tokens so far. */
export const shownRow = computed(() => {
  const found = view.value;
  if (!found) return { row: 0, ids: [] };
  const { steps, answer } = found;
  const ids = answer.slice(0, shownStep.value);
  const row = rowOf(steps, shownStep.value, ids);
  if (row >= 0) return { row, ids };
  // The answer ended in an earlier step; the best that is open is shown.
  const [first] = steps[shownStep.value - 1]?.hypotheses.filter(({ ended }) => !ended) ?? [];
  return { row: 0, ids: first?.ids ?? [] };
});

/** Gives tokens to the answer to begin with. */
export const give = (ids: readonly number[]): void => change({ f: ids.join(".") });
