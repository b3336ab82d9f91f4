import type { Chart } from "@trivium/claims";
import type { TopLevelSpec } from "vega-lite";
import { drawSvg } from "./draw-svg.ts";
import { type Marks, markScales } from "./mark.ts";
import { numberAxis } from "./number-axis.ts";

/** A point that the chart's scales can show; its interval ends where they do. */
interface Drawn {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
  /** Has no neighbour to draw a band to. */
  readonly alone: boolean;
}

type Scale = Chart["x"]["scale"];

const canShow = (value: number | undefined, scale: Scale): value is number =>
  Number.isFinite(value) && (scale !== "log" || (value as number) > 0);

function drawable({ x, y, series }: Chart): Drawn[] {
  const shown = series.map(({ name, points }) => ({
    name,
    points: points.filter((point) => canShow(point.x, x.scale) && canShow(point.y, y.scale)),
  }));
  const least = Math.min(...shown.flatMap(({ points }) => points.map((point) => point.y)));
  return shown.flatMap(({ name, points }) =>
    points.map(({ low, high, ...point }) => ({
      ...{ name, ...point, alone: points.length === 1 },
      ...(canShow(high, y.scale) &&
        Number.isFinite(low) && { low: canShow(low, y.scale) ? low : Math.min(least, point.y), high }),
    })),
  );
}

const [width, height] = [330, 230];

/** Number of points that have no place on the chart's scales. */
export const hiddenPoints = (chart: Chart): number =>
  chart.series.reduce((sum, { points }) => sum + points.length, 0) - drawable(chart).length;

/** Lines of numbers over numbers; intervals are bands, and error bars where a line has one point. */
export async function drawChart(chart: Chart, marks: Marks): Promise<string> {
  const values = drawable(chart);
  const scales = markScales("name", [...new Set(chart.series.map(({ name }) => name))], marks);
  const axis = ({ title, scale = "linear" }: Chart["x"], field: "x" | "y" | "low") => {
    const shown = values.map((value) => value[field] ?? value.y);
    return numberAxis({ field, title, pixels: field === "x" ? width : height, values: shown, tickCount: 5, scale });
  };
  const x = axis(chart.x, "x");
  const interval = { x, y: axis(chart.y, "low"), y2: { field: "high" }, color: scales.color } as const;
  const has = "isValid(datum.high)";
  const spec: TopLevelSpec = {
    ...{ width, height, data: { values } },
    layer: [
      { transform: [{ filter: `${has} && !datum.alone` }], mark: { type: "area", opacity: 0.18 }, encoding: interval },
      { transform: [{ filter: `${has} && datum.alone` }], mark: { type: "rule", strokeWidth: 2 }, encoding: interval },
      { mark: { type: "line", point: { size: 45 } }, encoding: { x, y: axis(chart.y, "y"), ...scales } },
    ],
  };
  return drawSvg(spec, chart.title);
}
