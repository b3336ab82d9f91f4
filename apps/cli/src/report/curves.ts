import type { ArmReport } from "@trivium/evaluator";
import { parse, View } from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";

/** What a learning curve can be drawn over. */
export const axes = [
  { field: "tokensSeen", title: "tokens seen" },
  { field: "tokensSupervised", title: "tokens supervised" },
  { field: "flops", title: "FLOPs" },
  { field: "seconds", title: "seconds of training" },
] as const;

/** @source Wong 2011, "Points of view: Color blindness", https://doi.org/10.1038/nmeth.1618 */
const colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"] as const;

/** One fewer than colours, so that a seventh arm has a pair of its own. */
const shapes = [
  { name: "circle", character: "●" },
  { name: "square", character: "■" },
  { name: "triangle-up", character: "▲" },
  { name: "diamond", character: "◆" },
  { name: "cross", character: "✚" },
] as const;

/** How the arm of that number is marked: for colour-blind eyes by a shape too, and in both themes. */
export function markOf(index: number): { readonly colour: string; readonly shape: string; readonly character: string } {
  const { name, character } = shapes[index % shapes.length] as (typeof shapes)[number];
  return { colour: colours[index % colours.length] as string, shape: name, character };
}

const ink = "currentColor";

export const chartConfig: Config = {
  font: "system-ui, sans-serif",
  axis: { labelColor: ink, titleColor: ink, domainColor: ink, tickColor: ink, gridColor: ink, gridOpacity: 0.15 },
  view: { stroke: "transparent" },
};

/** What has a learning curve. */
export type Drawn = Pick<ArmReport, "name" | "curve">;

/** Held-out loss of every arm over one axis, as an SVG without a legend: the page has one for all. */
export async function drawCurves(arms: readonly Drawn[], axis: (typeof axes)[number]): Promise<string> {
  const values = arms.flatMap(({ name, curve }) => curve.map((point) => ({ arm: name, ...point })));
  const domain = arms.map(({ name }) => name);
  const marks = arms.map((_, index) => markOf(index));
  const arm = { field: "arm", type: "nominal", legend: null } as const;
  const spec: TopLevelSpec = {
    width: 340,
    height: 230,
    background: "transparent",
    description: `Held-out loss over ${axis.title}`,
    data: { values },
    mark: { type: "line", point: { size: 40 } },
    encoding: {
      x: { field: axis.field, type: "quantitative", title: axis.title, axis: { format: "~s", tickCount: 5 } },
      y: { field: "targetLoss", type: "quantitative", title: "nats per target token", scale: { zero: false } },
      color: { ...arm, scale: { domain, range: marks.map(({ colour }) => colour) } },
      shape: { ...arm, scale: { domain, range: marks.map(({ shape }) => shape) } },
    },
    config: chartConfig,
  };
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}
