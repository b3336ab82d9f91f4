import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Curve } from "../../train/curves.ts";
import { coloursOf } from "./ink.ts";
import { type Marker, markedPoints, markerPath } from "./marker.ts";

/** Colour, dashes and markers of a curve. */
export interface CurveStyle {
  readonly dash: readonly number[];
  readonly marker: Marker;
  /** Custom property of the page with its colour, without the dashes. */
  readonly colour: "causal" | "prefix" | "pair";
}

/** A chart of curves that share their axes. */
export interface Chart {
  /** Draws the curves anew, in the order of their styles. */
  draw(curves: readonly Curve[]): void;
  /** Returns the place on the axis at a pixel of the page, from its left. */
  placeAt(pixel: number): number;
  /** Puts the cursor at a place on the axis. */
  point(place: number): void;
  destroy(): void;
}

const HEIGHT = 220;

/** Creates a chart in an element, as wide as the element is. */
export function createChart(element: HTMLElement, styles: readonly CurveStyle[]): Chart {
  const plot = new uPlot(optionsOf(element, styles), [[], ...styles.map(() => [])], element);
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
  observer.observe(element);
  return {
    draw: (curves) => plot.setData(joined(curves)),
    placeAt: (pixel) => plot.posToVal(pixel - plot.over.getBoundingClientRect().left, "x"),
    point: (place) => plot.setCursor({ left: plot.valToPos(place, "x"), top: HEIGHT / 3 }),
    destroy() {
      observer.disconnect();
      plot.destroy();
    },
  };
}

function optionsOf(element: HTMLElement, styles: readonly CurveStyle[]): uPlot.Options {
  const colours = coloursOf(["paper", "quiet", "rule", ...styles.map(({ colour }) => colour)]);
  const axis = {
    stroke: colours.quiet,
    grid: { stroke: colours.rule, width: 1 },
    ticks: { stroke: colours.rule, width: 1 },
    font: `12px ${getComputedStyle(element).getPropertyValue("--sans").trim()}`,
  };
  const series = styles.map(({ dash, colour, marker }) => ({
    stroke: colours[colour],
    width: 2,
    dash: [...dash],
    spanGaps: true,
    points: { ...markersOf(marker), fill: colours.paper, width: 1.5 },
  }));
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false }, y: { range: (_, _low, high) => [0, Math.max(high || 0, 0.01) * 1.05] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map(shortNumber) },
      { ...axis, size: 54, values: (_, ticks) => ticks.map(shortNumber) },
    ],
    series: [{}, ...series],
    legend: { show: false },
    // Points at the cursor are full, where markers are open.
    cursor: {
      drag: { x: false, y: false },
      points: { fill: (_, curve) => series[curve - 1]?.stroke ?? colours.quiet },
    },
  };
}

/** Half the width of a marker, in pixels of the page. */
const RADIUS = 4;

/** Points of a curve that are drawn as a marker. */
const markersOf = (marker: Marker): uPlot.Series.Points => ({
  show: true,
  filter: (plot, curve) => markedPoints(plot.data[curve] ?? []),
  paths(plot, curve, _first, _last, marked) {
    const outlines = (marked ?? []).map((at) => {
      const [x, y] = [plot.data[0][at], plot.data[curve]?.[at]].map(Number) as [number, number];
      return markerPath(marker, plot.valToPos(x, "x", true), plot.valToPos(y, "y", true), RADIUS * devicePixelRatio);
    });
    const path = new Path2D(outlines.join(""));
    return { stroke: path, fill: path };
  },
});

/** Curves of places of their own as columns over all places. */
function joined(curves: readonly Curve[]): uPlot.AlignedData {
  const tables = curves.map(({ x, y }): uPlot.AlignedData => [x, y]);
  return uPlot.join(tables);
}

const shortNumber = (value: number): string =>
  Math.abs(value) >= 1e6 ? value.toExponential(1).replace("e+", "e") : String(Number(value.toPrecision(4)));
