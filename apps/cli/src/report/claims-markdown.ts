import type { FindingsTable } from "@trivium/evaluator";
import { readable, readableEffect } from "./claims-numbers.ts";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";

/** The claims as Markdown: verdicts first, then one section each. */
export function claimsMarkdown(report: ClaimsReport): string {
  const overview = rows(
    ["claim", "verdict", "effect"],
    report.claims.map(({ id, verdict, effects: [first] }) => [id, verdict, first ? readableEffect(first) : "–"]),
  );
  const { seeds } = report.signature;
  const heading = `# Claims, ${report.request.preset}, ${seeds.length} seed${seeds.length === 1 ? "" : "s"}`;
  const signature = `## Signature\n\n\`\`\`json\n${JSON.stringify(report.signature, null, 2)}\n\`\`\``;
  return `${[heading, overview, ...report.claims.map(section), signature].join("\n\n")}\n`;
}

function section(claim: ReportedClaim): string {
  const { id, statement, verdict, reason, measure, expected, evidence, effects, tables, notes, command } = claim;
  const found = evidence.map(
    ({ finding, source, url, speaks, read }) => `- *${speaks}*: ${finding} [${source}](${url}) (${read} read)`,
  );
  const parts = [
    `## ${id}: ${verdict}`,
    `**${statement}**`,
    ...(reason ? [`Not run: ${reason.message}`] : []),
    ...(found.length > 0 ? [found.join("\n")] : []),
    `Measured: ${measure}`,
    `Expected: ${expected}`,
    ...(effects.length > 0 ? [effectTable(claim)] : []),
    ...tables.map(findingsTable),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
    `\`\`\`sh\n${command}\n\`\`\``,
  ];
  return parts.join("\n\n");
}

const effectTable = ({ effects }: ReportedClaim): string =>
  rows(
    ["effect", "estimate and 95 % interval", "matters from", "method"],
    effects.map((effect) => [effect.name, readableEffect(effect), readable(effect.smallest), effect.method]),
  );

const findingsTable = ({ title, columns, rows: cells }: FindingsTable): string =>
  `${title}:\n\n${rows(
    columns,
    cells.map((row) => row.map(readable)),
  )}`;

function rows(columns: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...cells.map(line)].join("\n");
}
