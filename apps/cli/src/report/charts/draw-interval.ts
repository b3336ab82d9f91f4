import type { Effect } from "@trivium/evaluator";
import type { TopLevelSpec } from "vega-lite";
import { readableEffect } from "../claims-numbers.ts";
import { drawSvg } from "./draw-svg.ts";
import { colourOf } from "./palette.ts";

export type Interval = Pick<Effect, "name" | "estimate" | "low" | "high" | "smallest" | "unit">;

const ends = ({ estimate, low, high, smallest }: Interval): number[] =>
  [0, estimate, low, high, -smallest, smallest].filter(Number.isFinite);

/**
 * The estimate and its interval beside zero; what is too small to matter is shaded. Nothing for what is no number.
 *
 * @param beside - effects that it shall be comparable with: those of its unit and importance share a scale.
 */
export async function drawInterval(effect: Interval, beside: readonly Interval[] = []): Promise<string> {
  const { estimate, low, high, smallest, unit } = effect;
  if (![estimate, low, high].every(Number.isFinite)) return "";
  const all = [effect, ...beside.filter((other) => other.unit === unit && other.smallest === smallest)].flatMap(ends);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const margin = (most - least || 1) * 0.06;
  const scale = { domain: [least - margin, most + margin], zero: false, nice: false };
  const x = (datum: number) => ({ datum, type: "quantitative", axis: null, scale }) as const;
  const colour = colourOf(0);
  const spec: TopLevelSpec = {
    ...{ width: 150, height: 18, padding: 1, data: { values: [{}] } },
    layer: [
      {
        mark: { type: "rect", color: "currentColor", opacity: 0.16 },
        encoding: { x: x(-smallest), x2: { datum: smallest } },
      },
      { mark: { type: "rule", color: "currentColor", opacity: 0.7 }, encoding: { x: x(0) } },
      { mark: { type: "rule", color: colour, strokeWidth: 3 }, encoding: { x: x(low), x2: { datum: high } } },
      { mark: { type: "point", filled: true, opacity: 1, color: colour, size: 60 }, encoding: { x: x(estimate) } },
    ],
  };
  return drawSvg(spec, `${effect.name}: ${readableEffect(effect)}`);
}
