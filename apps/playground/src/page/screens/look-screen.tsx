import { useMemo } from "preact/hooks";
import { pictureOf, rolloutOf } from "../../models/head-picture.ts";
import type { AttentionMap, LookedModel } from "../../models/protocol.ts";
import { Control } from "../parts/controls.tsx";
import { Explain } from "../parts/explain.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { texts } from "../preferences.ts";
import { HeadMatrix } from "./look/head-matrix.tsx";
import { HeadThumbnails } from "./look/head-thumbnails.tsx";
import {
  change,
  lock,
  lockedArea,
  looked,
  lookingFailed,
  mapsOfKind,
  problems,
  state,
  useLooking,
} from "./look/look-model.ts";
import { ModelPicker, nameOf } from "./models/model-picker.tsx";
import { opened } from "./models/open-models.ts";

/** The attention of trained models on a text of the reader's, head by head. */
export function LookScreen() {
  const { look: said } = texts.value;
  useLooking();
  return (
    <>
      <ScreenHead title={said.title} intro={said.intro} problems={problems.value} />
      <Explain screen="look" steps={said.explain} />
      <ModelPicker chosen={state.value.m} onChoose={(m) => change({ m, p: "" })} />
      <LookControls />
      {lookingFailed.value === "" ? null : <p class="error">{lookingFailed.value}</p>}
      <p class="quiet" id="look-help">
        {said.help}
      </p>
      <div class="three">
        {looked.value.map((model, at) => (
          <ModelFigure key={model.name} model={model} at={at} />
        ))}
      </div>
      <p class="prose quiet">{said.caution}</p>
    </>
  );
}

/** The text, its target, and rollout. */
function LookControls() {
  const { look: said } = texts.value;
  const { t, a, r } = state.value;
  const isText = opened.value?.models[0]?.task === "text";
  return (
    <div class="row">
      <Control label={said.text}>
        <input
          class="long"
          value={t}
          maxLength={4000}
          placeholder={opened.value?.sample ?? ""}
          onInput={({ currentTarget }) => change({ t: currentTarget.value, p: "" })}
        />
      </Control>
      {isText ? null : (
        <Control label={said.target}>
          <input
            class="long"
            value={a}
            maxLength={2000}
            placeholder={said.ownAnswer}
            onInput={({ currentTarget }) => change({ a: currentTarget.value, p: "" })}
          />
        </Control>
      )}
      <label>
        <input type="checkbox" checked={r === "yes"} onChange={() => change({ r: r === "yes" ? "no" : "yes" })} />{" "}
        {said.rollout}
      </label>
    </div>
  );
}

/** One model: its answer, all its heads small, and one of them large. */
function ModelFigure({ model, at }: { readonly model: LookedModel; readonly at: number }) {
  const { look: said } = texts.value;
  const { y, h, r } = state.value;
  const maps = mapsOfKind(model);
  const map = maps[Math.min(y, maps.length - 1)];
  if (!map) return null;
  const isRolled = r === "yes" && map.kind !== "cross" && map.queries === map.keys;
  const title = isRolled
    ? said.rolloutOf(maps.length)
    : `${said.kinds[map.kind]}, ${said.head(map.layer, Math.min(h, map.heads - 1))}`;
  return (
    <figure data-model={model.name}>
      <figcaption>
        <strong>{nameOf(model.name)}</strong>
        {model.answer === "" ? null : ` · ${model.isOwnAnswer ? said.answered : said.shown}: `}
        <span class="code">{model.answer}</span>
      </figcaption>
      {model.cutTo === undefined ? null : <p class="note">{said.cut(model.cutTo)}</p>}
      <HeadThumbnails model={model} at={at} />
      <p class="quiet">{title}</p>
      <LargeHead map={map} rolled={isRolled ? maps : undefined} name={`${nameOf(model.name)}, ${title}`} at={at} />
    </figure>
  );
}

interface LargeHeadProps {
  readonly map: AttentionMap;
  /** The layers of a rollout, where one is shown. */
  readonly rolled: readonly AttentionMap[] | undefined;
  readonly name: string;
  readonly at: number;
}

function LargeHead({ map, rolled, name, at }: LargeHeadProps) {
  const { h } = state.value;
  const picture = useMemo(() => {
    const [first, ...rest] = rolled ?? [];
    return first ? rolloutOf([first, ...rest]) : pictureOf(map, Math.min(h, map.heads - 1));
  }, [map, h, rolled !== undefined]);
  return (
    <HeadMatrix name={name} picture={picture} labels={map} locked={lockedArea(at)} onLock={(area) => lock(at, area)} />
  );
}
