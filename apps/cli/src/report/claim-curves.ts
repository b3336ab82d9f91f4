import type { Json } from "@trivium/core";
import type { LearningCurve } from "./charts/learning-curves.ts";
import type { ReportedArm } from "./claims-report.ts";

/** Learning curves that may stand in one picture: losses on the same data. */
export interface CurvePanel {
  /** The data that was learned: `"cmudict"`, `"scan, split length"`. */
  readonly title: string;
  readonly unit: string;
  readonly curves: readonly LearningCurve[];
}

/** The learning curves of arms: one panel for each kind of data, one curve for all seeds of an arm. */
export function curvePanels(arms: readonly ReportedArm[]): CurvePanel[] {
  const panels = new Map<string, Omit<CurvePanel, "curves"> & { curves: Map<string, LearningCurve["runs"]> }>();
  for (const { name, configuration, curve } of arms) {
    if (!curve?.length) continue;
    const title = learned(configuration);
    const panel = panels.get(title) ?? { title, unit: unitOf(configuration), curves: new Map() };
    const arm = withoutSeed(name);
    panel.curves.set(arm, [...(panel.curves.get(arm) ?? []), curve]);
    panels.set(title, panel);
  }
  return [...panels.values()].map(({ curves, ...panel }) => ({
    ...panel,
    curves: [...curves].map(([name, runs]) => ({ name, runs })),
  }));
}

/** The name that the seeds of an arm have in common: `"prefix, seed 2"` is of `"prefix"`. */
const withoutSeed = (name: string): string => name.replace(/[,\s]*\bseed \d+/, "");

const unitOf = ({ type }: ReportedArm["configuration"]): string =>
  type === "training" ? "nats per target token" : "held-out loss";

function learned({ dataset, type }: ReportedArm["configuration"]): string {
  const { name, options = {} } = (dataset ?? {}) as { readonly name?: string; readonly options?: Json };
  const settings = Object.entries(options as Readonly<Record<string, Json>>)
    .filter(([key]) => key !== "seed")
    .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [name ?? String(type ?? "arms"), ...settings].join(", ");
}
