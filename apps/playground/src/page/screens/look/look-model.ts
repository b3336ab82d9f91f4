import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lookFields } from "../../../address/model-fields.ts";
import type { CellArea } from "../../../mask/paint.ts";
import type { AttentionMap, LookedModel } from "../../../models/protocol.ts";
import { createScreenState } from "../../route.ts";
import { ask, opened } from "../models/open-models.ts";

export const { state, problems, change } = createScreenState("look", lookFields);

/** The models' attention on the text. */
export const looked = signal<readonly LookedModel[]>([]);
export const lookingFailed = signal("");

/** Time after the last letter, before the models read the text. */
const PAUSE_MS = 250;

/** Looks into the open models whenever they or the text change. */
export function useLooking(): void {
  const models = opened.value;
  const { t, a } = state.value;
  useEffect(() => {
    looked.value = [];
    lookingFailed.value = "";
    if (!models) return undefined;
    let isOver = false;
    const asked = { source: t || models.sample, target: a };
    const look = async () => {
      const said = await ask((id) => ({ type: "look", id, asked }));
      if (isOver) return;
      if (said.type === "looked") looked.value = said.models;
      if (said.type === "failed") lookingFailed.value = said.message;
    };
    const soon = setTimeout(() => void look(), t === "" && a === "" ? 0 : PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(soon);
    };
  }, [models, t, a]);
}

/** The maps of a model of one kind, the first layer first; of a model with one kind alone, these. */
export function mapsOfKind({ maps }: LookedModel): readonly AttentionMap[] {
  const { k } = state.value;
  const found = maps.filter(({ kind }) => kind === k);
  return found.length > 0 ? found : maps.filter(({ kind }) => kind === "decoder");
}

/** The area that is locked in the picture of a model, if one is. */
export function lockedArea(model: number): CellArea | undefined {
  const [of, ...ends] = state.value.p.split(".").map(Number);
  const [firstQuery, lastQuery, firstKey, lastKey] = ends;
  if (of !== model || lastKey === undefined) return undefined;
  return { queries: [firstQuery as number, lastQuery as number], keys: [firstKey as number, lastKey] };
}

/** Locks an area in the picture of a model; locks nothing where that area was locked, or none is given. */
export function lock(model: number, area: CellArea | undefined): void {
  const p = area ? [model, ...area.queries, ...area.keys].join(".") : "";
  change({ p: p === state.peek().p ? "" : p });
}
