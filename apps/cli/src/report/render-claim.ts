import type { Chart, Evidence } from "@trivium/claims";
import { armsAndTime } from "./arms-and-time.ts";
import { drawChart, hiddenPoints } from "./charts/draw-chart.ts";
import { type Marks, marksOf } from "./charts/mark.ts";
import { type CurvePanel, curvePanels } from "./claim-curves.ts";
import { disagreements, disagreementsNote, disagreementsTitle, howRead, seen, speaking } from "./claim-words.ts";
import { readable } from "./claims-numbers.ts";
import type { ReportedArm, ReportedClaim } from "./claims-report.ts";
import { effectsTable } from "./effects-table.ts";
import { escapeHtml } from "./page/escape-html.ts";
import { legend } from "./page/legend.ts";
import { renderCurves, renderFigure } from "./page/render-figures.ts";
import { renderCommand, renderSignature } from "./page/render-signature.ts";
import { renderTable } from "./page/render-table.ts";
import { renderVerdict } from "./page/verdict.ts";

/** One claim: what is said, what was published, what was measured, and what came of it. */
export async function renderClaim(claim: ReportedClaim): Promise<string> {
  const { id, statement, verdict, evidence, measure, expected, effects, tables, charts, notes, command } = claim;
  const panels = curvePanels(claim.arms);
  const marks = claimMarks(panels, charts);
  const learning = await Promise.all(panels.map((panel) => renderPanel(panel, marks)));
  const against = disagreements(claim);
  const parts = [
    `<h2 id="${escapeHtml(id)}-title">${escapeHtml(statement)}</h2>`,
    `<p>${renderVerdict(verdict)} <code>${escapeHtml(id)}</code></p>`,
    heading("Published", evidenceList(evidence)),
    heading(
      "Measured",
      `<p>${escapeHtml(measure)}</p><dl class="seen"><dt>Expected</dt><dd>${escapeHtml(expected)}</dd><dt>Seen</dt><dd>${escapeHtml(seen(claim))}</dd></dl>`,
    ),
    effects.length > 0 ? `<div class="effects">${renderTable(await effectsTable(claim))}</div>` : "",
    against.length > 0 ? heading(disagreementsTitle, `<p>${disagreementsNote}</p>${evidenceList(against)}`) : "",
    heading("Learning curves", learning.join("")),
    heading("Charts", await renderCharts(charts, marks)),
    tables.length > 0 ? heading("Numbers", tables.map(renderTable).join("")) : "",
    heading("Notes", list(notes.map(escapeHtml))),
    heading(
      "To measure it again",
      `${renderCommand(command)}${renderSignature({ ...claim.signature })}${armList(claim.arms)}`,
    ),
  ];
  return `<article id="${escapeHtml(id)}" aria-labelledby="${escapeHtml(id)}-title">\n${parts.filter(Boolean).join("\n")}\n</article>`;
}

const heading = (title: string, content: string): string => (content ? `<h3>${title}</h3>\n${content}` : "");

const list = (items: readonly string[]): string =>
  items.length > 0 ? `<ul class="findings">${items.map((item) => `<li>${item}</li>`).join("")}</ul>` : "";

const evidenceList = (evidence: readonly Evidence[]): string =>
  list(
    evidence.map((one) => {
      const source = `<a href="${escapeHtml(one.url)}">${escapeHtml(one.source)}</a>`;
      return `<strong>${speaking(one)}:</strong> ${escapeHtml(one.finding)} <span class="muted">${source} (${howRead(one)})</span>`;
    }),
  );

/** The marks of a claim's pictures: one name looks the same in all of them. */
export const claimMarks = (panels: readonly CurvePanel[], charts: readonly Chart[]): Marks =>
  marksOf([
    ...panels.flatMap(({ curves }) => curves.map(({ name }) => name)),
    ...charts.flatMap(({ series }) => series.map(({ name }) => name)),
  ]);

/** Explains the lines of learning curves. */
export function curveCaption({ title, curves }: CurvePanel): string {
  const seeds = Math.max(...curves.map(({ runs }) => runs.length));
  const lines = seeds > 1 ? `Lines are means over ${seeds} seeds, bands go from the lowest to the highest. ` : "";
  return `Held-out loss on ${title}. ${lines}Points are evaluations.`;
}

const renderPanel = async (panel: CurvePanel, marks: Marks): Promise<string> =>
  `<p class="muted">${escapeHtml(curveCaption(panel))}</p>${await renderCurves({ ...panel, marks })}`;

/** The title of a chart, and what it does not show. */
export function chartCaption(chart: Chart): string {
  const hidden = hiddenPoints(chart);
  return hidden === 0
    ? chart.title
    : `${chart.title} (${hidden} points that are no number or not above zero are left out)`;
}

/** Under one legend where all charts have the same lines, otherwise each under its own. */
async function renderCharts(charts: readonly Chart[], marks: Marks): Promise<string> {
  if (charts.length === 0) return "";
  const legends = charts.map(({ series }) =>
    legend(
      series.map(({ name }) => name),
      marks,
    ),
  );
  const shared = new Set(legends).size === 1;
  const pictures = await Promise.all(
    charts.map(async (chart, at) => {
      const figure = renderFigure(await drawChart(chart, marks), chartCaption(chart));
      return `<div class="together">${shared ? "" : legends[at]}${figure}</div>`;
    }),
  );
  return `${shared ? legends[0] : ""}<div class="charts">${pictures.join("")}</div>`;
}

function armList(arms: readonly ReportedArm[]): string {
  if (arms.length === 0) return "";
  const table = renderTable({
    title: "Arms, and the files that hold all of their numbers",
    columns: ["arm", "file", "seconds"],
    rows: arms.map(({ name, hash, seconds }) => [
      name,
      { html: `<code>arms/${hash}.json</code>` },
      readable(seconds ?? null),
    ]),
  });
  return `<details><summary>${armsAndTime(arms)}</summary>${table}</details>`;
}
