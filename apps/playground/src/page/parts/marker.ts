/** Forms that tell curves apart beside their colours and dashes. */
export type Marker = "circle" | "square" | "triangle";

/** The outline of a marker as the data of an SVG path, which a canvas takes too. */
export function markerPath(marker: Marker, x: number, y: number, radius: number): string {
  const [left, right, top, bottom] = [x - radius, x + radius, y - radius, y + radius];
  switch (marker) {
    case "circle":
      return `M${left} ${y}A${radius} ${radius} 0 1 1 ${right} ${y}A${radius} ${radius} 0 1 1 ${left} ${y}Z`;
    case "square":
      return `M${left} ${top}H${right}V${bottom}H${left}Z`;
    case "triangle":
      return `M${x} ${top}L${right} ${bottom}H${left}Z`;
  }
}

/** Most markers of a curve. */
const MOST_MARKERS = 8;

/**
 * Returns the points of a column that have a marker: evenly spread ones among those that have a value, the last one always.
 *
 * @example markedPoints([1, null, 2]) // => [0, 2]
 */
export function markedPoints(values: ArrayLike<number | null | undefined>): number[] {
  const known = Array.from(values, (value, at) => (typeof value === "number" ? at : -1)).filter((at) => at >= 0);
  const each = Math.max(1, Math.ceil(known.length / MOST_MARKERS));
  return known.filter((_, at) => (known.length - 1 - at) % each === 0);
}
