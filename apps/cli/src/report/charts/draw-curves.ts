import type { TopLevelSpec } from "vega-lite";
import { axisFormat } from "./axis-format.ts";
import { scaleOf } from "./draw-chart.ts";
import { drawSvg } from "./draw-svg.ts";
import { type CurveAxis, type LearningCurve, meanCurve } from "./learning-curves.ts";
import { type Marks, markScales } from "./mark.ts";
import { titleLines } from "./title-lines.ts";

export interface CurvePicture {
  readonly curves: readonly LearningCurve[];
  readonly axis: CurveAxis;
  /** What the loss is measured in: `"nats per target token"`. */
  readonly unit: string;
  readonly marks: Marks;
}

const [width, height] = [225, 190];

/** Losses so far apart are drawn on a logarithmic scale. */
const logarithmicFrom = 30;

/** Held-out loss over one axis: the mean over seeds, in the band from the lowest to the highest seed. */
export async function drawCurves({ curves, axis, unit, marks }: CurvePicture): Promise<string> {
  const values = curves.flatMap((curve) => meanCurve(curve, axis));
  const names = curves.map(({ name }) => name);
  const scales = markScales("name", names, marks);
  const [lowest, highest] = [Math.min(...values.map(({ low }) => low)), Math.max(...values.map(({ high }) => high))];
  const type = lowest > 0 && highest / lowest > logarithmicFrom ? "log" : "linear";
  const x = {
    field: "x",
    type: "quantitative",
    title: titleLines(axis.title, width),
    axis: { ...axisFormat(values.map((point) => point.x)), tickCount: 4 },
  } as const;
  const y = (field: string) =>
    ({
      field,
      type: "quantitative",
      title: titleLines(unit, height),
      scale: scaleOf(type),
      axis: { ...axisFormat([lowest, highest]), tickCount: 5 },
    }) as const;
  const spec: TopLevelSpec = {
    ...{ width, height, data: { values } },
    layer: [
      {
        mark: { type: "area", opacity: 0.16 },
        encoding: { x, y: y("low"), y2: { field: "high" }, color: scales.color },
      },
      { mark: { type: "line", point: { size: 40 } }, encoding: { x, y: y("y"), ...scales } },
    ],
  };
  return drawSvg(spec, `Held-out loss over ${axis.title}: ${names.join("; ")}`);
}
