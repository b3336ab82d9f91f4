import type { TopLevelSpec } from "vega-lite";
import { drawSvg } from "./draw-svg.ts";
import { type CurveAxis, type LearningCurve, meanCurve } from "./learning-curves.ts";
import { type Marks, markScales } from "./mark.ts";
import { numberAxis } from "./number-axis.ts";

export interface CurvePicture {
  readonly curves: readonly LearningCurve[];
  readonly axis: CurveAxis;
  /** The unit of the loss: `"nats per target token"`. */
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
  const scale = lowest > 0 && highest / lowest > logarithmicFrom ? "log" : "linear";
  const pace = values.map((point) => point.x);
  const x = numberAxis({ field: "x", title: axis.title, pixels: width, values: pace, tickCount: 4, scale: "zero" });
  const y = (field: string) =>
    numberAxis({ field, title: unit, pixels: height, values: [lowest, highest], tickCount: 5, scale });
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
