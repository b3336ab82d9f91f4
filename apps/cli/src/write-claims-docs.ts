/**
 * Writes `docs/claims/` from the report of a run: `pnpm claims-docs [DIR/report.json]`. The report is copied beside the
 * pages; without one they are made again from that copy.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseJson } from "./claims/arm-folder.ts";
import { claimsDocuments } from "./report/claims-documents.ts";
import type { ClaimsReport } from "./report/claims-report.ts";

const [from, to = join(import.meta.dirname, "../../../docs/claims")] = process.argv.slice(2);
const path = from ?? join(to, "report.json");
const text = existsSync(path) ? readFileSync(path, "utf8") : "";
const report = parseJson(text) as ClaimsReport | undefined;
if (report?.format !== "trivium-claims") {
  console.error(`${path} is no report of claims; make one: trivium claims run --preset full`);
  process.exit(2);
}
rmSync(join(to, "figures"), { recursive: true, force: true });
// Pages of claims that the report no longer has.
for (const file of existsSync(to) ? readdirSync(to) : []) if (file.endsWith(".md")) rmSync(join(to, file));
for (const [file, content] of new Map([...(await claimsDocuments(report)), ["report.json", text]])) {
  mkdirSync(dirname(join(to, file)), { recursive: true });
  writeFileSync(join(to, file), content);
}
console.log(`written: ${to}`);
