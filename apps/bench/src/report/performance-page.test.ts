import { readFileSync } from "node:fs";
import { Command } from "commander";
import { expect, test } from "vitest";
import { addBenchmarks } from "../bench-program.ts";
import type { Measurement } from "../measurement.ts";
import { pageFile, readMeasured } from "./performance-files.ts";
import { performancePage } from "./performance-page.ts";
import { performanceRuns } from "./performance-runs.ts";

test("docs/performance.md is what its files say; pnpm performance page writes it", () => {
  expect(readFileSync(pageFile, "utf8")).toBe(performancePage(readMeasured()));
});

const measurement: Measurement = {
  ...{ name: "trivium", precision: "f32", benchmark: "attention", work: "prefix(2) | causal" },
  ...{ stepSeconds: 0.25, tokensPerSecond: 1234.5, rounds: [0.25] },
  machine: { processor: "8086", cores: 1, memoryGigabytes: 1, node: "v24.0.0" },
  ...{ commit: "abc", command: "trivium bench attention", date: "2026-01-01" },
};

test("a section says what was measured, where, and by which command", () => {
  const run = { name: "attention", title: "Attention", words: "attention" };
  const page = performancePage([
    { run, measurements: [measurement] },
    { run: { ...run, title: "Not measured" }, measurements: [] },
  ]);
  expect(page).toContain(`## Attention

\`\`\`sh
trivium bench attention
\`\`\`

8086, 1 cores, 1 GiB, Node v24.0.0; commit abc, 2026-01-01.

| work | contender | precision | seconds | tokens/s |
| --- | --- | --- | --- | --- |
| prefix(2) \\| causal | trivium | f32 | 0.250 | 1,235 |
`);
  expect(page).not.toContain("Not measured");
  const urgent = { ...measurement, machine: { ...measurement.machine, realTime: true } };
  expect(performancePage([{ run, measurements: [urgent] }])).toContain("2026-01-01. At real-time priority, beside");
});

test.each(performanceRuns.map(({ name, words }) => [name, words.split(" ")]))("%s has flags that exist", (_, words) => {
  const program = addBenchmarks(new Command(), { output: () => expect.fail("it should not run"), words });
  const command = program.commands.find((one) => one.name() === words[0]) as Command;
  const { unknown, operands } = command.parseOptions(words.slice(1));
  expect([...unknown, ...operands]).toEqual([]);
});
