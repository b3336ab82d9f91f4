import { join } from "node:path";
import type { ClaimResult } from "@trivium/claims";
import { stringifyJson } from "@trivium/core";
import type { Plugins } from "../load-registry.ts";
import type { Output } from "../output.ts";
import { claimsMarkdown } from "../report/claims-markdown.ts";
import { readableEffect } from "../report/claims-numbers.ts";
import { type ClaimsReport, createClaimsReport } from "../report/claims-report.ts";
import { renderClaims } from "../report/render-claims.ts";
import { writeReportFile } from "../report/report-folder.ts";
import { table } from "../table.ts";
import type { ClaimsRun } from "./claims-folder.ts";

export interface ClaimsOutcome {
  readonly results: readonly ClaimResult[];
  readonly run: ClaimsRun;
  readonly registry: Plugins;
  readonly output: Output;
}

/** Prints the report and writes it in its three forms. */
export async function writeClaimsReport(
  folder: string,
  { results, run, registry, output }: ClaimsOutcome,
): Promise<void> {
  const report = createClaimsReport(results, run, registry);
  const files = ["report.html", "report.md", "report.json"].map((name) => join(folder, name)).join(" · ");
  // Before anything is written: a full disk shall not swallow what took hours.
  output.result(report, () => `${verdicts(report)}\n\n${files}`);
  await writeReportFile(folder, "report.json", `${stringifyJson(report, 2)}\n`);
  await writeReportFile(folder, "report.md", claimsMarkdown(report));
  await writeReportFile(folder, "report.html", await renderClaims(report));
}

function verdicts({ claims }: ClaimsReport): string {
  const rows = claims.map(({ id, verdict, reason, effects: [first] }) => [
    ...[id, verdict],
    first ? readableEffect(first) : (reason?.message ?? ""),
  ]);
  return table([["claim", "verdict", "effect"], ...rows]);
}
