import type { Arm } from "@trivium/evaluator";
import { drawSvg, type Mask } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { columns } from "./columns.ts";
import type { ComparisonReport } from "./comparison-report.ts";
import { axes, drawCurves } from "./curves.ts";
import { escapeHtml } from "./escape-html.ts";
import { legend } from "./legend.ts";
import { pageStyle } from "./page-style.ts";

/** The comparison as one page without scripts or network: table, curves, masks, and what it takes to repeat it. */
export async function renderReport(report: ComparisonReport, arms: readonly Arm[]): Promise<string> {
  const curves = await Promise.all(axes.map((axis) => drawCurves(report.arms, axis)));
  const architectures = [...new Map(arms.map(({ architecture }) => [architecture.name, architecture])).values()];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Comparison on ${escapeHtml(report.data.name)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>Comparison on ${escapeHtml(report.data.name)}</h1>
<p>${report.arms.length} arms, trained on the same examples in the same order with seed ${report.settings.seed}; scored on the same held-out targets.</p>
<div class="wide" tabindex="0">${armTable(report)}</div>
<h2>Learning curves</h2>
<p>Nats per held-out target token on the first 512 examples, over four measures of cost.</p>
${legend(report.arms.map(({ name }) => name))}
<div class="curves">${curves.map((svg) => `<figure>${svg}</figure>`).join("")}</div>
<h2>Who sees whom</h2>
<p>A row for each query, a column for each key. One stream: three tokens of source and separator, then the target.</p>
<div class="figures">${architectures.map(maskFigures).join("")}</div>
<h2>To repeat it</h2>
<pre tabindex="0">${escapeHtml(report.command)}</pre>
<pre tabindex="0">${escapeHtml(JSON.stringify({ signature: report.signature, data: report.data, settings: report.settings }, null, 2))}</pre>
</main>
</body>
</html>
`;
}

function armTable({ arms, decodedExamples, data }: ComparisonReport): string {
  const heading = ["arm", "objective", ...columns.map((column) => column.heading)];
  const rows = arms.map((arm) => {
    const cells = columns.map(({ cell }) => `<td class="number">${cell(arm)}</td>`).join("");
    return `<tr><th scope="row">${escapeHtml(arm.name)}</th><td>${escapeHtml(arm.objective)}</td>${cells}</tr>`;
  });
  const head = heading.map((cell, at) => `<th scope="col"${at > 1 ? ' class="number"' : ""}>${cell}</th>`).join("");
  const rates = decodedExamples > 0 ? `, PER and WER on ${decodedExamples}, greedy, nearest reference` : "";
  const note = `Target loss on ${data.scored} of ${data.heldOut} held-out examples${rates}.`;
  return `<table><caption>${note}</caption><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function maskFigures(architecture: Architecture): string {
  const context = { prefixLengths: 3 };
  const figure = (mask: Mask, caption: string, queries: number, keys: number) =>
    `<figure>${drawSvg(mask, { queries, keys })}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
  const size = architecture.streams.length === 1 ? 7 : 4;
  const own = architecture.streams.map((stream) =>
    figure(selfMaskOf(architecture, stream)(context), `${architecture.name}: ${stream}`, size, size),
  );
  const cross = architecture.crossMask
    ? [figure(architecture.crossMask(context), `${architecture.name}: target to source`, size, size)]
    : [];
  return [...own, ...cross].join("");
}
