import type { ArmReport } from "@trivium/evaluator";

/** A column of the table of arms, on a terminal and on a page. */
export interface Column {
  readonly heading: string;
  readonly cell: (arm: ArmReport) => string;
}

const whole = (value: number): string => Math.round(value).toLocaleString("en");
const fraction = (value: number | undefined): string => value?.toFixed(4) ?? "–";

/** What every arm is compared by. */
export const columns: readonly Column[] = [
  { heading: "parameters", cell: ({ parameters }) => whole(parameters) },
  { heading: "TFLOP", cell: ({ flops }) => (flops / 1e12).toPrecision(3) },
  { heading: "tokens seen", cell: ({ tokensSeen }) => whole(tokensSeen) },
  { heading: "supervised", cell: ({ tokensSupervised }) => whole(tokensSupervised) },
  { heading: "seconds", cell: ({ seconds }) => seconds.toFixed(1) },
  { heading: "tokens/s", cell: ({ tokensPerSecond }) => whole(tokensPerSecond) },
  { heading: "target loss", cell: ({ targetLoss }) => fraction(targetLoss) },
  { heading: "PER", cell: ({ per }) => fraction(per) },
  { heading: "WER", cell: ({ wer }) => fraction(wer) },
];
