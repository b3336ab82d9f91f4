import type { ArmReport } from "@trivium/evaluator";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** What a learning curve can be drawn over. */
export const axes = [
  { field: "tokensSeen", title: "tokens seen" },
  { field: "tokensSupervised", title: "tokens supervised" },
  { field: "flops", title: "FLOPs" },
  { field: "seconds", title: "seconds of training" },
] as const;

/** Held-out loss of every arm over one axis, as an SVG. Colours keep apart for colour-blind eyes and in both themes. */
export async function drawCurves(arms: readonly ArmReport[], axis: (typeof axes)[number]): Promise<string> {
  const values = arms.flatMap(({ name, curve }) => curve.map((point) => ({ arm: name, ...point })));
  const label = { labelColor: "currentColor", titleColor: "currentColor" };
  const spec: TopLevelSpec = {
    width: 320,
    height: 220,
    background: "transparent",
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: axis.field, type: "quantitative", title: axis.title, axis: { format: "~s", tickCount: 5 } },
      y: { field: "targetLoss", type: "quantitative", title: "nats per target token", scale: { zero: false } },
      color: {
        field: "arm",
        type: "nominal",
        sort: arms.map(({ name }) => name),
        scale: { range: palette },
        legend: { title: null, orient: "bottom", columns: 2 },
      },
      shape: { field: "arm", type: "nominal", sort: arms.map(({ name }) => name), legend: null },
    },
    config: {
      axis: {
        ...label,
        domainColor: "currentColor",
        tickColor: "currentColor",
        gridColor: "currentColor",
        gridOpacity: 0.15,
      },
      legend: label,
      view: { stroke: "transparent" },
    },
  };
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}

/** @source Wong 2011, "Points of view: Color blindness", https://doi.org/10.1038/nmeth.1618 */
const palette = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"];
