import { useSignal } from "@preact/signals";
import type { TrainState } from "../../../address/train-fields.ts";
import type { PageClaim } from "../../claims.ts";
import { texts } from "../../preferences.ts";
import { RunTable } from "../train/run-table.tsx";
import { TrainCharts } from "../train/train-charts.tsx";
import { change, pause, phase, run } from "../train/train-model.ts";

/** What shows a claim in the page: a run of the three, or a mask to look at. */
const experiments: Readonly<Record<string, { readonly run: Partial<TrainState> } | { readonly mask: string }>> = {
  "one-sided-context": { run: { t: "late-operator", x: "tokens" } },
  "prompt-encoding": { run: { t: "key-value-recall", x: "tokens" } },
  "parameters-and-compute": { run: { t: "reverse", x: "flops", p: "whole" } },
  "training-efficiency": { run: { t: "copy", x: "tokens", p: "whole" } },
  "attention-cost": { mask: "m=prefix(32)+|+causal&q=64&b=8" },
  "mask-difficulty": { mask: "m=prefix(5)+|+causal&l=yes&w=00011111" },
};

/** Signs of the verdicts, which do not rest on colour. */
const signs: Readonly<Record<PageClaim["verdict"], string>> = {
  supported: "✔",
  inconclusive: "?",
  "not supported": "○",
};

/** The claim whose run is shown in the article. */
let shownRun: string | undefined;

/** A weakness that is said of an architecture: the verdict with its interval, and a way to try it here. */
export function Weakness({ claim }: { readonly claim: PageClaim }) {
  const { article: said } = texts.value;
  const experiment = experiments[claim.id];
  return (
    <div class="weakness" data-claim={claim.id}>
      <p class="prose">
        {said.statements[claim.id] ?? claim.statement}{" "}
        <strong>
          {signs[claim.verdict]} {said.verdicts[claim.verdict]}
        </strong>
      </p>
      <p class="quiet">{said.effect(claim)}</p>
      {experiment && "mask" in experiment ? <a href={`#/mask?${experiment.mask}`}>{said.look}</a> : null}
      {experiment && "run" in experiment ? <SmallRun id={claim.id} settings={experiment.run} /> : null}
    </div>
  );
}

/** A small run of a claim, which begins at the press of a button. */
function SmallRun({ id, settings }: { readonly id: string; readonly settings: Partial<TrainState> }) {
  const { article: said, train } = texts.value;
  const isShown = useSignal(false);
  const isRunning = phase.value === "running" || phase.value === "starting";
  const begin = () => {
    if (shownRun !== id) change(settings);
    shownRun = id;
    isShown.value = true;
    void run(Number.POSITIVE_INFINITY);
  };
  const isHere = isShown.value && shownRun === id;
  return (
    <>
      <div class="row tight">
        {isHere && isRunning ? (
          <button type="button" onClick={pause}>
            {train.pause}
          </button>
        ) : (
          <button type="button" disabled={isRunning} onClick={begin}>
            {said.tryHere(train.tasks[settings.t ?? "reverse"])}
          </button>
        )}
        {isHere ? <span role="status">{train.phases[phase.value]}</span> : null}
      </div>
      {isHere ? <TrainCharts /> : null}
      {isHere ? <RunTable /> : null}
    </>
  );
}
