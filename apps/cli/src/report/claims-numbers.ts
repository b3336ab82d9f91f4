import type { Effect } from "@trivium/evaluator";

/** A number as people read it: whole ones whole, others with four digits, and a dash for none. */
export function readable(value: string | number | null): string {
  if (typeof value === "string") return value;
  if (value === null || !Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}

/** The estimate with its interval, or alone where it is counted. */
export function readableEffect({ estimate, low, high, unit }: Pick<Effect, "estimate" | "low" | "high" | "unit">) {
  if (![estimate, low, high].every(Number.isFinite)) return "no number";
  const interval = low === high ? "" : ` [${readable(low)}, ${readable(high)}]`;
  return `${readable(estimate)}${interval} ${unit}`.trim();
}
