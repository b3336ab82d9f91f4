import { useEffect } from "preact/hooks";
import { trainChoices } from "../../address/train-fields.ts";
import { armNames, pairForms, taskNames } from "../../train/names.ts";
import { NumberControl, numberOptions, SelectControl } from "../parts/controls.tsx";
import { download } from "../parts/download.ts";
import { Explain } from "../parts/explain.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { texts } from "../preferences.ts";
import { HeldOutAnswers } from "./train/held-out-answers.tsx";
import { OwnPairs } from "./train/own-pairs.tsx";
import { RunTable } from "./train/run-table.tsx";
import { TrainCharts } from "./train/train-charts.tsx";
import {
  canStart,
  change,
  failure,
  pause,
  phase,
  points,
  presentRun,
  problems,
  ready,
  reset,
  run,
  state,
  step,
} from "./train/train-model.ts";

/** Three architectures that learn the same examples, in turns. */
export function TrainScreen() {
  // What nobody sees does not go on.
  useEffect(() => pause, []);
  const { train: said } = texts.value;
  return (
    <>
      <ScreenHead title={said.title} intro={said.intro} problems={problems.value} />
      <Explain screen="train" steps={said.explain} />
      <TrainControls />
      {state.value.t === "own" ? <OwnPairs /> : null}
      <Transport />
      <TrainCharts />
      <RunTable />
      <HeldOutAnswers />
      <ExportRun />
    </>
  );
}

/** What is trained; a change begins anew. */
function TrainControls() {
  const { train: said } = texts.value;
  const { t, p } = state.value;
  return (
    <>
      <div class="row">
        <SelectControl
          label={said.task}
          value={t}
          options={taskNames.map((name) => [name, said.tasks[name]] as const)}
          onValue={(value) => change({ t: value })}
        />
        <SelectControl
          label={said.pair}
          value={p}
          options={pairForms.map((form) => [form, said.pairs[form]] as const)}
          onValue={(value) => change({ p: value })}
        />
        <SizeControls />
      </div>
      <p class="quiet code">{said.taskHelp[t]}</p>
    </>
  );
}

/** The sizes of the models, and how they are trained. */
function SizeControls() {
  const { train: said } = texts.value;
  const { y, s } = state.value;
  const names = { w: said.width, h: said.heads, r: said.rate, b: said.batch };
  return (
    <>
      <NumberControl label={said.layers} value={y} least={1} most={6} onValue={(value) => change({ y: value })} />
      {(["w", "h", "r", "b"] as const).map((name) => (
        <SelectControl
          key={name}
          label={names[name]}
          value={state.value[name]}
          options={numberOptions(trainChoices[name])}
          onValue={(value) => change({ [name]: value })}
        />
      ))}
      <NumberControl
        label={said.seed}
        value={s}
        least={0}
        most={999_999_999}
        onValue={(value) => change({ s: value })}
      />
    </>
  );
}

/** Play, pause, step and reset, and what the run does. */
function Transport() {
  const { train: said } = texts.value;
  const info = ready.value;
  return (
    <div class="transport">
      <div class="row tight">
        <RunButtons />
        <span role="status">{said.phases[phase.value]}</span>
        <span class="quiet" data-fact="steps">
          {step.value > 0 ? said.steps(step.value) : ""}
          {info ? ` · ${said.threads(info.threads)}` : ""}
        </span>
      </div>
      {phase.value === "failed" ? <p class="error">{failure.value}</p> : null}
      {info ? <p class="quiet">{said.data(info.examples, info.heldOut, info.vocabulary, info.length)}</p> : null}
      {crossOriginIsolated ? null : <p class="quiet">{said.oneThread}</p>}
      {step.value > 0 ? (
        <p class="row">
          <a href="#/look?m=trained">{said.toLook}</a>
          <a href="#/decode?m=trained">{said.toDecode}</a>
        </p>
      ) : null}
    </div>
  );
}

function RunButtons() {
  const { train: said } = texts.value;
  const isRunning = phase.value === "running" || phase.value === "starting";
  const isHeld = isRunning || !canStart.value || phase.value === "failed";
  return (
    <>
      {isRunning ? (
        <button type="button" class="main" disabled={phase.value === "starting"} onClick={pause}>
          {said.pause}
        </button>
      ) : (
        <button type="button" class="main" disabled={isHeld} onClick={() => void run(Number.POSITIVE_INFINITY)}>
          {said.play}
        </button>
      )}
      <button type="button" disabled={isHeld} onClick={() => void run(1)}>
        {said.step}
      </button>
      <button type="button" disabled={isHeld} onClick={() => void run(10)}>
        {said.tenSteps}
      </button>
      <button type="button" disabled={phase.value === "idle"} onClick={reset}>
        {said.reset}
      </button>
    </>
  );
}

/** Writes the run to a file: as a program that repeats it, or as its losses. */
function ExportRun() {
  const { export: said } = texts.value.train;
  const isEmpty = step.value === 0;
  const writeProgram = async () => {
    const { exportProgram } = await import("../../train/export-program.ts");
    download("train.ts", new Blob([exportProgram(presentRun())], { type: "text/plain" }));
  };
  const writeLosses = () => {
    const losses = Object.fromEntries(armNames.map((name) => [name, points[name].map(({ loss }) => loss)]));
    download("losses.json", new Blob([JSON.stringify(losses)], { type: "application/json" }));
  };
  return (
    <section class="panel" aria-labelledby="export">
      <h2 id="export">{said.title}</h2>
      <p class="quiet">{said.help}</p>
      <div class="row tight">
        <button type="button" disabled={isEmpty} onClick={() => void writeProgram()}>
          {said.program}
        </button>
        <button type="button" disabled={isEmpty} onClick={writeLosses}>
          {said.losses}
        </button>
      </div>
    </section>
  );
}
