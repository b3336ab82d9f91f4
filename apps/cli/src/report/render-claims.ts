import type { Chart, FindingsTable } from "@trivium/evaluator";
import { readable, readableEffect } from "./claims-numbers.ts";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";
import { axes, drawCurves } from "./curves.ts";
import { drawChart } from "./draw-chart.ts";
import { escapeHtml } from "./escape-html.ts";
import { legend } from "./legend.ts";
import { pageStyle } from "./page-style.ts";

/** The claims as one page without scripts or network: verdicts, evidence, pictures, and what it takes to repeat them. */
export async function renderClaims(report: ClaimsReport): Promise<string> {
  const sections = await Promise.all(report.claims.map(renderClaim));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Claims</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>Claims</h1>
<p>Preset ${report.request.preset}, seeds ${report.request.seeds.join(", ")}.</p>
${overview(report)}
${sections.join("\n")}
<h2>Signature</h2>
<pre tabindex="0">${escapeHtml(report.command)}</pre>
<pre tabindex="0">${escapeHtml(JSON.stringify(report.signature, null, 2))}</pre>
</main>
</body>
</html>
`;
}

function overview({ claims }: ClaimsReport): string {
  return renderTable({
    title: "Verdicts, each by its first effect",
    columns: ["claim", "verdict", "effect"],
    rows: claims.map(({ id, verdict, effects: [first] }) => [id, verdict, first ? readableEffect(first) : null]),
  });
}

async function renderClaim(claim: ReportedClaim): Promise<string> {
  const { id, statement, verdict, reason, measure, expected, tables, charts, notes, command } = claim;
  const pictures = await Promise.all([drawLearning(claim), ...charts.map(renderChart)]);
  return `<section>
<h2>${escapeHtml(id)}</h2>
<p><strong>${escapeHtml(statement)}</strong></p>
<p>Verdict: <strong>${verdict}</strong>${reason ? `: ${escapeHtml(reason.message)}` : ""}</p>
${list(claim.evidence.map(({ finding, source, url, speaks, read }) => `${speaks}: ${escapeHtml(finding)} <a href="${escapeHtml(url)}">${escapeHtml(source)}</a> (${read} read)`))}
<p>Measured: ${escapeHtml(measure)}</p>
<p>Expected: ${escapeHtml(expected)}</p>
${claim.effects.length > 0 ? renderTable(effectTable(claim)) : ""}
${tables.map(renderTable).join("\n")}
${pictures.join("\n")}
${list(notes.map(escapeHtml))}
<pre tabindex="0">${escapeHtml(command)}</pre>
</section>`;
}

const list = (items: readonly string[]): string =>
  items.length > 0 ? `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>` : "";

const effectTable = ({ effects }: ReportedClaim): FindingsTable => ({
  title: "Effects; a positive one speaks for the statement",
  columns: ["effect", "estimate and 95 % interval", "matters from", "method"],
  rows: effects.map((effect) => [effect.name, readableEffect(effect), effect.smallest, effect.method]),
});

function renderTable({ title, columns, rows }: FindingsTable): string {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  const cell = (value: string | number | null, at: number) => {
    const text = escapeHtml(readable(value));
    if (at === 0) return `<th scope="row">${text}</th>`;
    return `<td${typeof value === "number" ? ' class="number"' : ""}>${text}</td>`;
  };
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("");
  const caption = `<caption>${escapeHtml(title)}</caption>`;
  return `<div class="wide" tabindex="0"><table>${caption}<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

async function drawLearning({ arms }: ReportedClaim): Promise<string> {
  const trained = arms.flatMap(({ name, curve }) => (curve ? [{ name, curve }] : []));
  if (trained.length === 0) return "";
  const curves = await Promise.all(axes.map((axis) => drawCurves(trained, axis)));
  const figures = curves.map((svg) => `<figure>${svg}</figure>`).join("");
  return `${legend(trained.map(({ name }) => name))}<div class="curves">${figures}</div>`;
}

async function renderChart(chart: Chart): Promise<string> {
  const caption = `<figcaption>${escapeHtml(chart.title)}</figcaption>`;
  return `${legend(chart.series.map(({ name }) => name))}<figure>${await drawChart(chart)}${caption}</figure>`;
}
