import { decodeChoices } from "../../address/model-fields.ts";
import { Control, NumberControl, numberOptions, SelectControl } from "../parts/controls.tsx";
import { download } from "../parts/download.ts";
import { Explain } from "../parts/explain.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { texts } from "../preferences.ts";
import { BeamPicture, HypothesisTable } from "./decode/beam-picture.tsx";
import { CachePicture } from "./decode/cache-picture.tsx";
import {
  change,
  decodingFailed,
  give,
  givenIds,
  problems,
  shownRow,
  shownStep,
  state,
  useDecoding,
  view,
} from "./decode/decode-model.ts";
import { NextTokens } from "./decode/next-tokens.tsx";
import { ModelPicker, nameOf } from "./models/model-picker.tsx";
import { opened } from "./models/open-models.ts";

/** A model's answer, step by step, forwards and back. */
export function DecodeScreen() {
  const { decode: said } = texts.value;
  useDecoding();
  return (
    <>
      <ScreenHead title={said.title} intro={said.intro} problems={problems.value} />
      <Explain screen="decode" steps={said.explain} />
      <ModelPicker chosen={state.value.m} onChoose={(m) => change({ m, f: "", i: 0 })} />
      <DecodeControls />
      <StrategyControls />
      {decodingFailed.value === "" ? null : <p class="error">{decodingFailed.value}</p>}
      <StepTransport />
      <div class="decode">
        <CachePicture />
        <NextTokens />
      </div>
      <BeamPicture />
      <HypothesisTable />
      <ExportTrace />
    </>
  );
}

/** The model and the text that it answers. */
function DecodeControls() {
  const { decode: said, look } = texts.value;
  const { v, t } = state.value;
  const models = opened.value?.models ?? [];
  return (
    <div class="row">
      {models.length > 1 ? (
        <SelectControl
          label={said.model}
          value={Math.min(v, models.length - 1)}
          options={models.map(({ name }, at) => [at, nameOf(name)] as const)}
          onValue={(at) => change({ v: at, f: "", i: 0 })}
        />
      ) : null}
      <Control label={look.text}>
        <input
          class="long"
          value={t}
          maxLength={4000}
          placeholder={opened.value?.sample ?? ""}
          onInput={({ currentTarget }) => change({ t: currentTarget.value, f: "", i: 0 })}
        />
      </Control>
    </div>
  );
}

/** How the next token is chosen; what was given to the answer stays. */
function StrategyControls() {
  const { decode: said } = texts.value;
  const { g } = state.value;
  return (
    <div class="row">
      <SelectControl
        label={said.strategy}
        value={g}
        options={(["beam", "greedy", "sample"] as const).map((one) => [one, said.strategies[one]] as const)}
        onValue={(value) => change({ g: value })}
      />
      {g === "beam" ? <BeamControls /> : null}
      {g === "sample" ? <SampleControls /> : null}
    </div>
  );
}

function BeamControls() {
  const { decode: said } = texts.value;
  const { b, a } = state.value;
  return (
    <>
      <NumberControl label={said.beam} value={b} least={1} most={8} onValue={(value) => change({ b: value })} />
      <SelectControl
        label={said.penalty}
        value={a}
        options={numberOptions(decodeChoices.a)}
        onValue={(value) => change({ a: value })}
      />
    </>
  );
}

function SampleControls() {
  const { decode: said, train } = texts.value;
  const { e, s } = state.value;
  return (
    <>
      <SelectControl
        label={said.temperature}
        value={e}
        options={numberOptions(decodeChoices.e)}
        onValue={(value) => change({ e: value })}
      />
      <NumberControl
        label={train.seed}
        value={s}
        least={0}
        most={999_999_999}
        onValue={(value) => change({ s: value })}
      />
    </>
  );
}

/** The answer with its steps: to the first, back, forwards, to the last. */
function StepTransport() {
  const { decode: said, mask } = texts.value;
  const found = view.value;
  if (!found) return null;
  const [step, last] = [shownStep.value, found.steps.length - 1];
  const go = (to: number) => change({ i: Math.max(0, Math.min(last, to)) });
  return (
    <div class="transport">
      <div class="row tight">
        <button type="button" disabled={step === 0} onClick={() => go(0)}>
          {said.first}
        </button>
        <button type="button" disabled={step === 0} onClick={() => go(step - 1)}>
          {mask.leaks.previous}
        </button>
        <button type="button" class="main" disabled={step === last} onClick={() => go(step + 1)}>
          {mask.leaks.next}
        </button>
        <button type="button" disabled={step === last} onClick={() => go(last)}>
          {said.last}
        </button>
        <label class="field">
          <span class="hidden">{said.step}</span>
          <input
            type="range"
            min={0}
            max={last}
            value={step}
            onInput={({ currentTarget }) => go(Number(currentTarget.value))}
          />
        </label>
        <span role="status">{mask.leaks.step(step + 1, last + 1)}</span>
      </div>
      <AnswerSoFar />
      <GivenTokens />
    </div>
  );
}

/** What stands before the answer, and the answer as far as it is at this step. */
function AnswerSoFar() {
  const { decode: said } = texts.value;
  const found = view.value;
  if (!found) return null;
  const { sourceLabels, promptLabels, labels } = found.trace;
  const { ids } = shownRow.value;
  return (
    <p class="tokens code">
      {[...sourceLabels, ...promptLabels].map((label, at) => (
        <span key={`${at}${label}`} class="token">
          {label}
        </span>
      ))}
      <span aria-hidden="true"> → </span>
      <span class="hidden">{said.answer}</span>
      {ids.map((id, at) => (
        <span key={`${at}`} class="token answered">
          {labels[id] ?? id}
        </span>
      ))}
      <span class="token next" aria-hidden="true">
        ?
      </span>
    </p>
  );
}

/** The tokens that the reader gave to the answer, and the ways to give those up to here or none. */
function GivenTokens() {
  const { decode: said } = texts.value;
  const labels = view.value?.trace.labels ?? {};
  const { ids } = shownRow.value;
  const given = givenIds.value;
  return (
    <div class="row tight">
      {given.length > 0 ? <span>{said.givenTokens(given.map((id) => labels[id] ?? String(id)).join(" "))}</span> : null}
      <button type="button" disabled={ids.length === 0 || ids.join() === given.join()} onClick={() => give(ids)}>
        {said.keep}
      </button>
      <button type="button" disabled={given.length === 0} onClick={() => give([])}>
        {said.free}
      </button>
    </div>
  );
}

/** Writes the events of the answer to a file, one a line. */
function ExportTrace() {
  const { decode: said } = texts.value;
  const found = view.value;
  if (!found) return null;
  const write = () => {
    const lines = found.trace.events.map((event) => `${JSON.stringify(event)}\n`).join("");
    download("trace.jsonl", new Blob([lines], { type: "application/jsonl" }));
  };
  return (
    <section class="panel" aria-labelledby="export">
      <h2 id="export">{said.export}</h2>
      <p class="quiet">{said.exportHelp}</p>
      <button type="button" onClick={write}>
        {said.exportTrace}
      </button>
    </section>
  );
}
