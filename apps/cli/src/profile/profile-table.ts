import { table } from "../table.ts";
import type { ProfileSummary } from "./profile-summary.ts";

/** Matrix products that are listed; the longest ones. */
const PRODUCTS = 12;

const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
const percent = (share: number): string => (share * 100).toFixed(1);
const rate = (value: number): string => (value > 0 ? value.toFixed(1) : "–");
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Tables of where the time and the memory went, for people. */
export function profileTable(summary: ProfileSummary): string {
  return [overview(summary), phaseTable(summary), kernelTable(summary), productTable(summary)]
    .filter((part) => part !== "")
    .join("\n\n");
}

function overview({ steps }: ProfileSummary): string {
  const times = steps.map(({ milliseconds }) => milliseconds);
  const [first, last] = [steps[0]?.step, steps.at(-1)?.step];
  const peak = Math.max(...steps.map(({ peakBytes }) => peakBytes));
  const mean = times.reduce((total, time) => total + time, 0) / times.length;
  return `steps ${first} to ${last}: ${ms(mean)} ms a step, engine memory at most ${mebibytes(peak)} MiB`;
}

function phaseTable({ phases, steps }: ProfileSummary): string {
  return table([
    ["phase", "ms a step", "in kernels", "outside", "share %"],
    ...phases.map(({ phase, totalMs, kernelMs, share }) => [
      phase,
      ...[totalMs, kernelMs, totalMs - kernelMs].map((time) => ms(time / steps.length)),
      percent(share),
    ]),
  ]);
}

function kernelTable({ kernels, outsideKernels }: ProfileSummary): string {
  return table([
    ["kernel", "calls", "by tfjs", "total ms", "GFLOP/s", "GB/s", "share %"],
    ...kernels.map(({ name, calls, fallbackCalls, totalMs, gigaflopsPerSecond, gigabytesPerSecond, share }) => [
      ...[name, String(calls), fallbackCalls > 0 ? String(fallbackCalls) : "–", ms(totalMs)],
      ...[rate(gigaflopsPerSecond), rate(gigabytesPerSecond), percent(share)],
    ]),
    ["outside kernels", "–", "–", ms(outsideKernels.totalMs), "–", "–", percent(outsideKernels.share)],
  ]);
}

function productTable({ products }: ProfileSummary): string {
  if (products.length === 0) return "";
  return table([
    ["matrix product", "by", "calls", "total ms", "GFLOP/s", "share %"],
    ...products
      .slice(0, PRODUCTS)
      .map(({ shape, provider, calls, totalMs, gigaflopsPerSecond, share }) => [
        ...[shape, provider, String(calls), ms(totalMs), rate(gigaflopsPerSecond), percent(share)],
      ]),
  ]);
}
