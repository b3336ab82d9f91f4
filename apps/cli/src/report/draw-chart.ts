import type { Chart } from "@trivium/evaluator";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { chartConfig, markOf } from "./curves.ts";

/** Lines of numbers over numbers, with bands where there are intervals, as an SVG without a legend. */
export async function drawChart({ title, x, y, series }: Chart): Promise<string> {
  const values = series.flatMap(({ name, points }) => points.map((point) => ({ name, ...point })));
  const marks = series.map((_, index) => markOf(index));
  const domain = series.map(({ name }) => name);
  const kind = { field: "name", type: "nominal", legend: null } as const;
  const axis = ({ title, scale = "linear" }: Chart["x"], field: string) =>
    ({ field, type: "quantitative", title, scale: { type: scale, zero: false } }) as const;
  const color = { ...kind, scale: { domain, range: marks.map(({ colour }) => colour) } };
  const shape = { ...kind, scale: { domain, range: marks.map(({ shape }) => shape) } };
  const line = {
    mark: { type: "line", point: { size: 40 } },
    encoding: { x: axis(x, "x"), y: axis(y, "y"), color, shape },
  } as const;
  const band = {
    mark: { type: "area", opacity: 0.2 },
    encoding: { x: axis(x, "x"), y: axis(y, "low"), y2: { field: "high" }, color },
  } as const;
  const hasBand = values.some(({ low }) => low !== undefined);
  const spec: TopLevelSpec = {
    ...{ width: 340, height: 230, background: "transparent", description: title, data: { values } },
    layer: hasBand ? [band, line] : [line],
    config: chartConfig,
  };
  return new View(parse(compile(spec).spec), { renderer: "none" }).toSVG();
}
