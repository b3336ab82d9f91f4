import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Curve, type Curves, meanCurve, nearestOf, placeOf } from "../../../train/curves.ts";
import { type ArmName, armNames, axes } from "../../../train/names.ts";
import { SelectControl } from "../../parts/controls.tsx";
import type { Chart } from "../../parts/uplot-chart.ts";
import { colours, texts } from "../../preferences.ts";
import { ArmSign, armStyles } from "./arm-sign.tsx";
import { CurveTable } from "./curve-table.tsx";
import { answers, change, points, state, step } from "./train-model.ts";

/** Most points of a curve. */
const MOST_POINTS = 400;

const loadChart = () => import("../../parts/uplot-chart.ts");

const curvesOf = (of: (name: ArmName) => Curve): Curves => ({
  causal: of("causal"),
  prefix: of("prefix"),
  "encoder-decoder": of("encoder-decoder"),
});

/** The loss, and the held-out error rate below it, of all three architectures. */
export function TrainCharts() {
  const { train: said } = texts.value;
  const { x } = state.value;
  // It takes a tenth of a second, which the first steps would wait for.
  useEffect(() => void loadChart(), []);
  return (
    <section class="panel">
      <div class="row">
        <SelectControl
          label={said.axis}
          value={x}
          options={axes.map((axis) => [axis, said.axes[axis]] as const)}
          onValue={(value) => change({ x: value })}
        />
        <p class="legend">
          {armNames.map((name) => (
            <span key={name}>
              <ArmSign name={name} /> {said.arms[name]}
            </span>
          ))}
        </p>
      </div>
      {step.value > 0 ? <BothCharts /> : <p class="quiet">{said.noCurve}</p>}
    </section>
  );
}

function BothCharts() {
  const { train: said } = texts.value;
  const { x } = state.value;
  const place = placeOf(x);
  const losses = curvesOf((name) => meanCurve(points[name], x, MOST_POINTS));
  const rates = curvesOf((name) => {
    const own = answers.value[name]?.rates ?? [];
    const steps = own.map((rate) => rate.step);
    return { steps, x: own.map(place), y: own.map(({ errorRate }) => errorRate) };
  });
  // Read here, so that the curves grow with the steps.
  void step.value;
  const write = (value: number) => said.decimal(value, 4);
  const pointed = useSignal<number | undefined>(undefined);
  return (
    <div class="charts">
      <CurveChart title={said.loss} unit={said.lossUnit} curves={losses} write={write} pointed={pointed} />
      <CurveChart title={said.errorRate} unit={said.errorUnit} curves={rates} write={said.percent} pointed={pointed} />
    </div>
  );
}

interface CurveChartProps {
  readonly title: string;
  readonly unit: string;
  readonly curves: Curves;
  readonly write: (value: number) => string;
  /** The place on the axis that the pointer is at, in any chart: all charts show it. */
  readonly pointed: Signal<number | undefined>;
}

/** Curves to look at, and to read with the arrow keys. */
function CurveChart({ title, unit, curves, write, pointed }: CurveChartProps) {
  const { train: said } = texts.value;
  const { holder, chart } = useChart(curves);
  const { spoken, onKeyDown } = useReading({ curves, write, chart, pointed });
  return (
    <figure>
      <figcaption>
        {title} <span class="quiet">({unit})</span>
      </figcaption>
      <div
        ref={holder}
        class="chart"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: curves are read by arrow keys.
        tabIndex={0}
        aria-label={`${said.chartLabel(title, said.axes[state.value.x])}. ${said.chartHelp}`}
        onKeyDown={onKeyDown}
        onPointerMove={({ clientX }) => {
          pointed.value = chart.current?.placeAt(clientX);
        }}
      />
      <p class="under" role="status">
        {spoken}
      </p>
      <CurveTable title={title} curves={curves} write={write} />
    </figure>
  );
}

interface Reading extends Pick<CurveChartProps, "curves" | "write" | "pointed"> {
  readonly chart: { readonly current: Chart | null };
}

/** Where each key leads on the curves, in points. */
const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: -MOST_POINTS,
  End: MOST_POINTS,
};

/** Reading curves by arrow keys or pointer: what stands at a place is said, and the chart's cursor goes there. */
function useReading({ curves, write, chart, pointed }: Reading) {
  const { train: said } = texts.value;
  const spoken = useSignal("");
  const at = useRef(-1);
  const { x } = armNames
    .map((name) => curves[name])
    .reduce((longest, one) => (one.x.length > longest.x.length ? one : longest));
  const read = (index: number) => {
    at.current = Math.max(0, Math.min(x.length - 1, index));
    const place = x[at.current];
    if (place === undefined) return;
    chart.current?.point(place);
    const values = armNames.flatMap((name) => {
      const value = curves[name].y[Math.min(at.current, curves[name].y.length - 1)];
      return value === undefined ? [] : [`${said.arms[name]} ${write(value)}`];
    });
    spoken.value = said.chartPlace(said.axes[state.value.x], said.number(Math.round(place)), values);
  };
  useEffect(() => {
    if (pointed.value !== undefined) read(nearestOf(x, pointed.value));
  }, [pointed.value]);
  const onKeyDown = (event: KeyboardEvent) => {
    const moved = keySteps[event.key];
    if (moved === undefined) return;
    event.preventDefault();
    read(at.current + moved);
  };
  return { spoken: spoken.value, onKeyDown };
}

/** Milliseconds between two drawings of a chart. */
const redrawMs = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 200);

/** A chart that is loaded when it is first needed, and drawn a few times a second at most; in a hidden tab not at all. */
function useChart(curves: Curves) {
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const latest = useRef(curves);
  latest.current = curves;
  const inColours = colours.value;
  useEffect(() => {
    let isGone = false;
    let end: (() => void) | undefined;
    void loadChart().then(({ createChart }) => {
      if (isGone || !holder.current) return;
      const styles = armNames.map((name) => armStyles[name]);
      chart.current = createChart(holder.current, styles);
      end = drawAgainAndAgain(chart.current, () => latest.current);
    });
    return () => {
      isGone = true;
      end?.();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [inColours]);
  return { holder, chart };
}

/** Draws curves now, and again whenever they are others. Returns a function that ends this. */
function drawAgainAndAgain(chart: Chart, curvesNow: () => Curves): () => void {
  let drawn: Curves | undefined;
  const draw = () => {
    const curves = curvesNow();
    if (drawn === curves || document.hidden) return;
    chart.draw(armNames.map((name) => curves[name]));
    drawn = curves;
  };
  draw();
  const drawing = setInterval(draw, redrawMs());
  document.addEventListener("visibilitychange", draw);
  return () => {
    clearInterval(drawing);
    document.removeEventListener("visibilitychange", draw);
  };
}
