/**
 * Everything that CI checks: `pnpm check`.
 *
 * `--tests REPORT --tests-code CODE` takes the tests from a vitest run that already was (its JSON report and its exit
 * code), each pair from one run; `--only NAME` runs one check. The last line is `N passed, N failed`: tests and checks.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "./run-command.ts";
import { readTally, type Tally } from "./test-report.ts";
import { readWorkspace, repositoryRoot as root } from "./workspace.ts";

interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

const { values: flags } = parseArgs({
  options: {
    tests: { type: "string", multiple: true, default: [] },
    "tests-code": { type: "string", multiple: true, default: [] },
    only: { type: "string" },
  },
});
const pnpm = ["npx", "--yes", readWorkspace().manifest.packageManager ?? "pnpm"];

const checks: readonly Check[] = [
  { name: "generate", command: [...pnpm, "run", "generate"] },
  { name: "format", command: ["biome", "ci", "--colors=off", "."] },
  { name: "layout", command: ["node", "scripts/check-layout.ts"] },
  { name: "types", command: [...pnpm, "run", "typecheck"] },
  { name: "build", command: [...pnpm, "run", "build"] },
  // After the build: what a declaration imports counts as used.
  { name: "unused", command: ["knip", "--no-progress"] },
  { name: "changesets", command: ["node", "scripts/check-changesets.ts"] },
];

async function runCheck({ name, command }: Check): Promise<Tally> {
  const start = performance.now();
  const { code, output } = await runCommand(command, { cwd: root });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (code !== 0) console.log(output);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function runTests(): Promise<Tally> {
  const directory = mkdtempSync(join(tmpdir(), "trivium-tests-"));
  const report = join(directory, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { code } = await runCommand(["vitest", "run", ...reporters], { cwd: root, show: true });
    return readTally(report, code);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const names = [...checks.map(({ name }) => name), "tests"];
if (flags.only !== undefined && !names.includes(flags.only)) {
  console.error(`there is no check "${flags.only}"; checks: ${names.join(", ")}`);
  process.exit(2);
}
const chosen = checks.filter(({ name }) => flags.only === undefined || flags.only === name);
const tallies: Tally[] = [];
for (const check of chosen) tallies.push(await runCheck(check));
tallies.push(...flags.tests.map((report, at) => readTally(report, Number(flags["tests-code"][at] ?? 0))));
if (flags.tests.length === 0 && (flags.only === undefined || flags.only === "tests")) tallies.push(await runTests());

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
