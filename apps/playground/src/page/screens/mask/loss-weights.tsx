import { useRef, useState } from "preact/hooks";
import { texts } from "../../preferences.ts";
import { attentions, change, state } from "./mask-model.ts";

/** The positions whose prediction carries loss, each a switch. */
export function LossWeights() {
  const { leaks: said } = texts.value.mask;
  const labels = attentions.value.at(-1)?.queryLabels ?? [];
  const { w } = state.value;
  const weights = labels.map((_, at) => (w === "" || w[at] === "1" ? 1 : 0));
  const { strip, focused, setFocused, onKeyDown } = useRovingFocus(labels.length);
  const flip = (at: number) => {
    const flipped = weights.map((weight, index) => (index === at ? 1 - weight : weight));
    change({ w: flipped.every((weight) => weight === 1) ? "" : flipped.join("") });
  };
  return (
    <fieldset class="bare">
      <legend class="quiet">
        {said.weights}: {said.weightsHelp}
      </legend>
      <div ref={strip} class="weights scroll" role="toolbar" aria-label={said.weights} onKeyDown={onKeyDown}>
        {weights.map((weight, at) => (
          <button
            key={at}
            type="button"
            tabIndex={at === focused ? 0 : -1}
            aria-pressed={weight === 1}
            aria-label={`${at}: ${weight}`}
            onFocus={() => setFocused(at)}
            onClick={() => flip(at)}
          >
            {labels[at]}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** Buttons in a row as one stop of the keyboard, with arrows between them. */
function useRovingFocus(count: number) {
  const strip = useRef<HTMLDivElement>(null);
  const [place, setFocused] = useState(0);
  const focused = Math.min(place, count - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -count, End: count }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(count - 1, focused + step));
    setFocused(next);
    strip.current?.querySelectorAll("button")[next]?.focus();
  };
  return { strip, focused, setFocused, onKeyDown };
}
