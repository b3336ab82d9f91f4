import type { ArmName } from "../../../train/names.ts";
import { markerPath } from "../../parts/marker.ts";
import type { CurveStyle } from "../../parts/uplot-chart.ts";

/** How the curve of an architecture is drawn: its dashes, its markers, and the custom property with its colour, without the dashes. */
export const armStyles: Readonly<Record<ArmName, CurveStyle>> = {
  causal: { dash: [], marker: "circle", colour: "causal" },
  prefix: { dash: [7, 4], marker: "square", colour: "prefix" },
  "encoder-decoder": { dash: [2, 3], marker: "triangle", colour: "pair" },
};

/** The line of an architecture's curve with its marker, beside its name. */
export function ArmSign({ name }: { readonly name: ArmName }) {
  const { dash, marker } = armStyles[name];
  return (
    <svg class={`sign ${name}`} viewBox="0 0 28 10" width="28" height="10" aria-hidden="true">
      <path d="M1 5H27" stroke-dasharray={dash.join(" ")} />
      <path class="marker" d={markerPath(marker, 14, 5, 3.5)} />
    </svg>
  );
}
