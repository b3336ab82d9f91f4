import { planCells, planRow } from "./plan-rows.ts";

/** The step of the page's table, as it was measured, in the network that the page names. */
const work = { seconds: 0.67, parameters: 633_600, tensors: 52, shards: 8 };
const network = { bandwidth: 1.25e9, latency: 50e-6 };
const ranks = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1000];

/** Returns the text of `docs/scale/README.md` with its table of plans made again. */
export const scalePage = (page: string): string => page.replace(/^\| ranks[\s\S]*?\n(?!\|)/m, `${plansTable()}\n`);

function plansTable(): string {
  const [heading = [], ...rows] = planCells(ranks.map((count) => planRow(work, network, count)));
  const widths = heading.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[], fill: string) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!, fill)).join(" | ")} |`;
  const rule = line(
    heading.map(() => ""),
    "-",
  );
  return [line(heading, " "), rule, ...rows.map((row) => line(row, " "))].join("\n");
}
