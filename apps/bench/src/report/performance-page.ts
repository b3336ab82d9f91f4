import { findingRows } from "../findings-table.ts";
import type { Measurement } from "../measurement.ts";
import type { PerformanceRun } from "./performance-runs.ts";

/** A benchmark with what it measured. */
export interface Measured {
  readonly run: PerformanceRun;
  readonly measurements: readonly Measurement[];
}

const heading = `# Performance

Written by \`pnpm performance\` from the files in [performance](performance), which \`trivium bench … --json\` printed; none
of these numbers is typed by hand. Those of one table were measured in one run, in rounds in which every contender had
its turn, and are medians: compare within a table. How each is measured is said in
[apps/bench](../apps/bench/README.md).
`;

/** The page as Markdown: a section for each benchmark that was measured. */
export function performancePage(measured: readonly Measured[]): string {
  const sections = measured.filter(({ measurements }) => measurements.length > 0).map(section);
  return [heading, ...(sections.length > 0 ? sections : ["Nothing has been measured yet.\n"])].join("\n");
}

function section({ run, measurements }: Measured): string {
  const [{ machine, commit, date, command }] = measurements as [Measurement];
  const { processor, cores, memoryGigabytes, node, realTime } = machine;
  const priority = realTime ? " At real-time priority, beside other work." : "";
  const origin = `${processor}, ${cores} cores, ${memoryGigabytes} GiB, Node ${node}; commit ${commit}, ${date}.${priority}`;
  return `## ${run.title}\n\n\`\`\`sh\n${command}\n\`\`\`\n\n${origin}\n\n${markdownTable(findingRows(measurements))}\n`;
}

function markdownTable([titles = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}
