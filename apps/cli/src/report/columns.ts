import { readable } from "./claims-numbers.ts";
import type { ComparedArm } from "./comparison-report.ts";

/** A column of the table of arms, on a terminal and on a page. */
export interface Column {
  readonly heading: string;
  readonly cell: (arm: ComparedArm) => string;
}

const whole = (value: number): string => Math.round(value).toLocaleString("en");
const fraction = (value: number | undefined): string => value?.toFixed(4) ?? "–";

/** The columns of every comparison. */
const always: readonly Column[] = [
  { heading: "parameters", cell: ({ parameters }) => whole(parameters) },
  { heading: "TFLOP", cell: ({ flops }) => (flops / 1e12).toPrecision(3) },
  { heading: "tokens seen", cell: ({ tokensSeen }) => whole(tokensSeen) },
  { heading: "supervised", cell: ({ tokensSupervised }) => whole(tokensSupervised) },
  { heading: "seconds", cell: ({ seconds }) => seconds.toFixed(1) },
  { heading: "tokens/s", cell: ({ tokensPerSecond }) => whole(tokensPerSecond) },
  { heading: "target loss", cell: ({ targetLoss }) => fraction(targetLoss) },
];

const errorRates = (unit: ComparedArm["unit"]): readonly Column[] => [
  { heading: `${unit ?? "symbol"} error rate`, cell: ({ per }) => fraction(per) },
  { heading: "sequence error rate", cell: ({ wer }) => fraction(wer) },
];

/** The columns of a comparison of these arms. */
export const columnsOf = ([first]: readonly ComparedArm[]): Column[] => [
  ...always,
  ...errorRates(first?.unit),
  ...(first?.metrics ?? []).map(({ name }, at) => ({
    heading: name,
    cell: ({ metrics }: ComparedArm) => scoreCell(metrics?.[at]),
  })),
];

/** `"31.02 (+1.4 [0.6, 2.2])"` */
function scoreCell(score: NonNullable<ComparedArm["metrics"]>[number] | undefined): string {
  if (!score) return "–";
  const { difference } = score;
  if (!difference) return readable(score.score);
  const { estimate, low, high } = difference;
  return `${readable(score.score)} (${estimate > 0 ? "+" : ""}${readable(estimate)} [${readable(low)}, ${readable(high)}])`;
}
