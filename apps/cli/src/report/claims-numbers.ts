import type { Effect } from "@trivium/evaluator";

/** A number as people read it: whole ones whole, others with four digits. */
export function readable(value: string | number | null): string {
  if (value === null) return "–";
  if (typeof value === "string") return value;
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}

/** The estimate with its interval, or alone where it is counted. */
export function readableEffect({ estimate, low, high, unit }: Effect): string {
  const interval = low === high ? "" : ` [${readable(low)}, ${readable(high)}]`;
  return `${readable(estimate)}${interval} ${unit}`;
}
