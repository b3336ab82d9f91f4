/**
 * Measures what `docs/performance.md` shows and writes the page: `pnpm performance` for everything, `pnpm performance
 * step mlp` for some, `pnpm performance page` for the page alone.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ownFile } from "./provenance.ts";
import { measurementsFile, pageFile, readMeasured } from "./report/performance-files.ts";
import { performancePage } from "./report/performance-page.ts";
import { type PerformanceRun, performanceRuns } from "./report/performance-runs.ts";

const asked = process.argv.slice(2);
const known = [...performanceRuns.map(({ name }) => name), "page"];
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(", ")}; there are: ${known.join(", ")}`);
  process.exit(2);
}
const chosen = performanceRuns.filter(({ name }) => asked.length === 0 || asked.includes(name));
const failed = chosen.filter((run) => !measured(run)).map(({ name }) => name);
writeFileSync(pageFile, performancePage(readMeasured()));
console.error(failed.length === 0 ? `written: ${pageFile}` : `failed: ${failed.join(", ")}; their old numbers stay`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs the benchmark and keeps its JSON, if it ends well. */
function measured({ name, words }: PerformanceRun): boolean {
  console.error(`\ntrivium bench ${words}`);
  const command = [
    "--conditions=@trivium/source",
    ownFile("../cli/src/main.ts"),
    "bench",
    ...words.split(" "),
    "--json",
  ];
  const { status, stdout } = spawnSync(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) return false;
  mkdirSync(dirname(measurementsFile(name)), { recursive: true });
  writeFileSync(measurementsFile(name), stdout);
  return true;
}
