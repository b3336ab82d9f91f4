import type { ArmName } from "../../../train/names.ts";
import type { CurveStyle } from "../../parts/uplot-chart.ts";

/** How the curve of an architecture is drawn: its dashes, and the custom property with its colour, without the dashes. */
export const armStyles: Readonly<Record<ArmName, CurveStyle>> = {
  causal: { dash: [], colour: "causal" },
  prefix: { dash: [7, 4], colour: "prefix" },
  "encoder-decoder": { dash: [2, 3], colour: "pair" },
};

/** The line of an architecture's curve, beside its name. */
export function ArmSign({ name }: { readonly name: ArmName }) {
  return (
    <svg class={`sign ${name}`} viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
      <path d="M1 4H27" stroke-dasharray={armStyles[name].dash.join(" ")} />
    </svg>
  );
}
