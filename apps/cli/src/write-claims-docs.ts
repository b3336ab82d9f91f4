/**
 * Writes `docs/claims/` from the report of a run: `pnpm claims-docs [DIR/report.json]`. The report is copied beside the
 * pages; without one they are made again from that copy. `--add DIR/report.json` adds the claims of another run to it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { stringifyJson } from "@trivium/core";
import { parseJson } from "./claims/arm-folder.ts";
import { claimsDocuments } from "./report/claims-documents.ts";
import type { ClaimsReport } from "./report/claims-report.ts";
import { joinClaimsReports } from "./report/join-claims-reports.ts";

const { values, positionals } = parseArgs({ options: { add: { type: "string" } }, allowPositionals: true });
const [from, to = join(import.meta.dirname, "../../../docs/claims")] = positionals;

function read(path: string): ClaimsReport {
  const report = parseJson(existsSync(path) ? readFileSync(path, "utf8") : "") as ClaimsReport | undefined;
  if (report?.format === "trivium-claims") return report;
  console.error(`${path} is no report of claims; make one: trivium claims run --preset full`);
  process.exit(2);
}

const own = read(from ?? join(to, "report.json"));
const report = values.add === undefined ? own : joinClaimsReports(own, read(values.add));
const text = `${stringifyJson(report, 2)}\n`;
rmSync(join(to, "figures"), { recursive: true, force: true });
// Pages of claims that the report no longer has.
for (const file of existsSync(to) ? readdirSync(to) : []) if (file.endsWith(".md")) rmSync(join(to, file));
for (const [file, content] of new Map([...(await claimsDocuments(report)), ["report.json", text]])) {
  mkdirSync(dirname(join(to, file)), { recursive: true });
  writeFileSync(join(to, file), content);
}
console.log(`written: ${to}`);
