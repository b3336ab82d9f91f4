import type { Finding } from "./measurement.ts";

/** A column of the table that people read: its heading, and its text where a finding has one. */
interface Column {
  readonly heading: string;
  cell(finding: Finding): string | undefined;
}

const columns: readonly Column[] = [
  { heading: "work", cell: ({ work }) => work },
  { heading: "contender", cell: ({ name, version }) => (version === undefined ? name : `${name} ${version}`) },
  { heading: "kernel", cell: ({ kernel }) => kernel },
  { heading: "provider", cell: ({ provider }) => provider },
  { heading: "precision", cell: ({ precision }) => precision },
  { heading: "threads", cell: ({ threads }) => threads?.toString() },
  { heading: "seconds", cell: ({ stepSeconds }) => stepSeconds.toPrecision(3) },
  { heading: "tokens/s", cell: ({ tokensPerSecond }) => whole(tokensPerSecond) },
  { heading: "GFLOP/s", cell: ({ gflops }) => gflops?.toPrecision(3) },
  { heading: "GB/s", cell: ({ gigabytesPerSecond }) => gigabytesPerSecond?.toPrecision(3) },
  { heading: "of peak", cell: ({ shareOfPeak }) => shareOfPeak?.toFixed(2) },
  { heading: "visible", cell: ({ visibleFraction }) => visibleFraction?.toFixed(4) },
  { heading: "faster than first", cell: ({ timesFirst }) => timesFirst?.toFixed(2) },
  { heading: "copied", cell: ({ bytesCopied }) => whole(bytesCopied) },
  { heading: "processor s", cell: ({ processorSeconds }) => processorSeconds?.toPrecision(3) },
  { heading: "waiting", cell: ({ waitingShare }) => percent(waitingShare) },
  { heading: "engine MiB", cell: ({ peakEngineBytes }) => mebibytes(peakEngineBytes) },
  { heading: "process MiB", cell: ({ residentBytes }) => mebibytes(residentBytes) },
  { heading: "PER", cell: ({ per }) => per?.toFixed(4) },
  { heading: "WER", cell: ({ wer }) => wer?.toFixed(4) },
  { heading: "training s", cell: ({ trainSeconds }) => trainSeconds?.toFixed(1) },
  { heading: "× trivium's time", cell: ({ timesTrivium }) => timesTrivium?.toFixed(2) },
];

const whole = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : Math.round(value).toLocaleString("en");
const percent = (share: number | undefined): string | undefined =>
  share === undefined ? undefined : `${(100 * share).toFixed(2)} %`;
const mebibytes = (bytes: number | undefined): string | undefined =>
  whole(bytes === undefined ? undefined : bytes / 2 ** 20);

/** The rows of a table, the first as heading, with the columns for which some finding has a value. */
export function findingRows(findings: readonly Finding[]): string[][] {
  const shown = columns.filter(({ cell }) => findings.some((finding) => cell(finding) !== undefined));
  const rows = findings.map((finding) => shown.map(({ cell }) => cell(finding) ?? "–"));
  return [shown.map(({ heading }) => heading), ...rows];
}

/**
 * Adds to each finding how its time compares with that of the first `trivium` of the same work, in the same precision
 * where there is one.
 */
export function withRatios(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => {
    const rivals = findings.filter(({ work }) => work === finding.work);
    const all = rivals.filter(({ name }) => name === "trivium");
    const ours = all.find(({ precision }) => precision === finding.precision) ?? all[0];
    return ours && rivals.length > 1 ? { ...finding, timesTrivium: finding.stepSeconds / ours.stepSeconds } : finding;
  });
}
