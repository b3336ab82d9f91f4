import type { Chart, ChartSeries, FindingsTable } from "../framework/claim.ts";
import { meanOf } from "../trained/mean-of.ts";
import { accuracyAt, attentionAt, type Measured, overlongAt } from "./effects.ts";
import type { SourceAttention } from "./source-attention.ts";
import { lengthsOf } from "./tasks.ts";

export const accuracyTable = (measured: readonly Measured[]): FindingsTable => ({
  title: "Exact match at each length, mean over seeds",
  columns: ["arm", "parameters", "training FLOPs", "L", "at L", "at 2L", "at 4L", "too long at 4L"],
  rows: measured.map((one) => [
    ...[`${one.task.title}, ${one.name}`, one.arms[0]?.numbers.parameters ?? null, one.arms[0]?.numbers.flops ?? null],
    ...[one.task.longest, ...lengthsOf(one.task).map((_, condition) => accuracyAt(one, condition))],
    meanOf(overlongAt(one.arms, 2).map(meanOf)),
  ]),
});

export const attentionTable = (measured: readonly Measured[]): FindingsTable => ({
  title: "Attention of the generating steps, mean over seeds",
  columns: ["arm", "length", "mass on the source", "entropy ÷ log n", "mass on the answer, best head"],
  rows: measured.flatMap((one) =>
    lengthsOf(one.task).map((length, at) => [
      ...[`${one.task.title}, ${one.name}, ${length}`, length, attentionAt(one, at, ({ mass }) => meanOf(mass))],
      ...[attentionAt(one, at, ({ entropy }) => entropy), attentionAt(one, at, ({ gold }) => gold)],
    ]),
  ),
});

/** Returns the charts of the kinds of one task. */
export function charts(measured: readonly Measured[]): Chart[] {
  const [{ task, arms }] = measured as [Measured];
  const { title, unit } = task;
  const series = (points: (one: Measured) => ChartSeries["points"]) =>
    measured.map((one) => ({ name: one.name, points: points(one) }));
  const chart = (what: string, y: string, of: (one: Measured, condition: number) => number): Chart => ({
    title: `${what} by source length, ${title}`,
    x: { title: unit, scale: "log" },
    y: { title: y },
    series: series((one) => lengthsOf(task).map((x, at) => ({ x, y: of(one, at) }))),
  });
  const entropyAt = (one: Measured, at: number) => attentionAt(one, at, ({ entropy }) => entropy);
  const steps = arms[0]?.numbers.probe as readonly SourceAttention[];
  return [
    chart("Exact match", "share of answers", accuracyAt),
    chart("Sharpness", "entropy of attention on the source ÷ log n", entropyAt),
    {
      title: `Attention on the source while generating, 4L, ${title}`,
      x: { title: "step" },
      y: { title: "mass on the source" },
      series: series((one) =>
        (steps[2]?.mass ?? []).map((_, at) => ({
          x: at + 1,
          y: attentionAt(one, 2, ({ mass }) => mass[at] as number),
        })),
      ),
    },
  ];
}
