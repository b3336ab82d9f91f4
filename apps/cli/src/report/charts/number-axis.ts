import { titleLines } from "./title-lines.ts";

export interface NumberAxisOptions {
  /** The field of the data that the axis shows. */
  readonly field: string;
  readonly title: string;
  /** Length of the axis, pixels. */
  readonly pixels: number;
  /** The numbers that the axis shows: they decide how its labels are written. */
  readonly values: readonly number[];
  readonly tickCount: number;
  /** `"zero"` reaches to zero; the others are as close to the values as they may be. */
  readonly scale: keyof typeof scales;
}

/** Vega warns of a scale without zero where none could have it. */
const scales = { zero: {}, linear: { type: "linear", zero: false }, log: { type: "log", nice: false } } as const;

/** An axis of numbers for Vega. */
export const numberAxis = ({ field, title, pixels, values, tickCount, scale }: NumberAxisOptions) =>
  ({
    field,
    type: "quantitative",
    title: titleLines(title, pixels),
    scale: scales[scale],
    axis: { ...axisFormat(values), tickCount },
  }) as const;

/** Vega's own way to write numbers, but for very large and very small ones. */
function axisFormat(values: readonly number[]): { readonly format?: string } {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  if (Math.max(...sizes) >= 1e4) return { format: "~s" };
  return Math.max(...sizes) < 1e-2 || Math.min(...sizes) < 1e-4 ? { format: ".0e" } : {};
}
