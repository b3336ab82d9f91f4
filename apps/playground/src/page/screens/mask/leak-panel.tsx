import type { LabelLeak, StreamPosition } from "@trivium/masks";
import { hopsOf } from "../../../mask/leaks.ts";
import { NumberControl, SelectControl } from "../../parts/controls.tsx";
import { texts } from "../../preferences.ts";
import { Ladder } from "./ladder.tsx";
import { LossWeights } from "./loss-weights.tsx";
import { chosenLeak, chosenStep, foundLeaks, shownLeak } from "./mask-marks.ts";
import { change, pictureMasks, state } from "./mask-model.ts";

/** Most leaks that are listed. */
const MOST_LISTED = 24;

/** A position of a stream in words. */
const placeText = ({ stream, position }: StreamPosition): string => {
  const names: Readonly<Record<string, string>> = texts.value.mask.leaks.streams;
  return `${names[stream] ?? ""}${position}`;
};

/** Looks for predictions that can see their labels, and shows their ways through the layers. */
export function LeakPanel() {
  const { leaks: said } = texts.value.mask;
  const isOn = state.value.l === "yes";
  return (
    <section class="panel" aria-labelledby="leaks">
      <h2 id="leaks">{said.title}</h2>
      <p class="prose">{said.intro}</p>
      <div class="row">
        <label>
          <input type="checkbox" checked={isOn} onChange={() => change({ l: isOn ? "no" : "yes" })} /> {said.look}
        </label>
        {isOn ? <LeakControls /> : null}
      </div>
      {isOn ? <LossWeights /> : null}
      {isOn ? <FoundLeaks /> : null}
    </section>
  );
}

function LeakControls() {
  const { leaks: said } = texts.value.mask;
  const { y, f, s, n, o } = state.value;
  return (
    <>
      <NumberControl label={said.layers} value={y} least={1} most={12} onValue={(value) => change({ y: value })} />
      <SelectControl
        label={said.shift}
        value={f}
        options={(["1", "0"] as const).map((shift) => [shift, said.shifts[shift]] as const)}
        onValue={(value) => change({ f: value })}
      />
      {s === "two" ? (
        <NumberControl
          label={said.copyAt}
          value={o}
          least={0}
          most={n - 1}
          placeholder={{ of: -1, text: said.nowhere }}
          onValue={(value) => change({ o: value })}
        />
      ) : null}
    </>
  );
}

function FoundLeaks() {
  const { leaks: said } = texts.value.mask;
  const found = foundLeaks.value;
  if (!found) return <p class="note">{pictureMasks.value ? "" : said.noSquare}</p>;
  if ("error" in found) return <p class="error">{found.error}</p>;
  const { leaks } = found;
  if (leaks.length === 0) return <p role="status">{said.none}</p>;
  const shown = shownLeak.value;
  return (
    <>
      <p role="status">{said.count(leaks.length)}</p>
      <div class="row tight">
        {leaks.slice(0, MOST_LISTED).map((leak, at) => (
          <button
            key={leak.text}
            type="button"
            class="chip"
            aria-pressed={leak === shown}
            onClick={() => {
              chosenLeak.value = at;
              chosenStep.value = 1;
            }}
          >
            {said.path(leak.path.map(placeText))}
          </button>
        ))}
        {leaks.length > MOST_LISTED ? <span class="quiet">{said.more(leaks.length - MOST_LISTED)}</span> : null}
      </div>
      {shown ? <WayOfLeak leak={shown} /> : null}
    </>
  );
}

/** The way of a leak, step by step: the sentence of a step, and the picture of all. */
function WayOfLeak({ leak }: { readonly leak: LabelLeak }) {
  const { leaks: said } = texts.value.mask;
  const hops = hopsOf(leak);
  const step = Math.min(chosenStep.value, hops.length);
  const hop = hops[step - 1];
  const layers = state.value.y;
  const go = (to: number) => {
    chosenStep.value = to;
  };
  if (!hop) return <p>{said.own(placeText(leak.label))}</p>;
  return (
    <>
      <div class="row tight">
        <button type="button" disabled={step <= 1} onClick={() => go(step - 1)}>
          {said.previous}
        </button>
        <button type="button" disabled={step >= hops.length} onClick={() => go(step + 1)}>
          {said.next}
        </button>
        <span role="status">
          {said.step(step, hops.length)}.{" "}
          {said.hop(placeText(hop.from), placeText(hop.to), levelsOf(leak, layers)[step - 1] as number)}
        </span>
      </div>
      <Ladder leak={leak} layers={layers} step={step} levels={levelsOf(leak, layers)} />
    </>
  );
}

/** The layer of each position of a leak's way: one lower at each hop, and the last one where it crosses to the source. */
function levelsOf(leak: LabelLeak, layers: number): number[] {
  const levels = [layers];
  for (const { attention } of hopsOf(leak)) {
    levels.push(attention === "cross" ? layers : (levels.at(-1) as number) - 1);
  }
  return levels;
}
