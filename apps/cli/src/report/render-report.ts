import type { Arm } from "@trivium/evaluator";
import { drawSvg, type Mask } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { answersTable } from "./answers-table.ts";
import { marksOf } from "./charts/mark.ts";
import { columnsOf } from "./columns.ts";
import type { ComparisonReport } from "./comparison-report.ts";
import { renderCurves, renderFigure } from "./page/render-figures.ts";
import { renderPage } from "./page/render-page.ts";
import { renderCommand, renderSignature } from "./page/render-signature.ts";
import { type PageTable, renderTable } from "./page/render-table.ts";

/** The comparison as one page without scripts or network: table, curves, masks, and what it takes to repeat it. */
export async function renderReport(report: ComparisonReport, arms: readonly Arm[]): Promise<string> {
  const { data, settings, signature, command } = report;
  const curves = report.arms.map(({ name, curve }) => ({ name, runs: [curve] }));
  const marks = marksOf(report.arms.map(({ name }) => name));
  const answers = answersTable(report.arms);
  const architectures = [...new Map(arms.map(({ architecture }) => [architecture.name, architecture])).values()];
  return renderPage({
    title: `Comparison on ${data.name}`,
    introduction: `<p>${report.arms.length} arms, trained on the same examples in the same order with seed ${settings.recipe.seed}; scored on the same held-out targets.</p>`,
    body: `${renderTable(armTable(report))}
${answers ? `<h2>What they answer</h2>\n${renderTable(answers)}\n` : ""}<h2>Learning curves</h2>
<p>Held-out loss on the first 512 examples, over four measures of cost.</p>
${await renderCurves({ curves, marks, unit: "nats per target token" })}
<h2>Who sees whom</h2>
<p>A row for each query, a column for each key. One stream: three tokens of source and separator, then the target.</p>
<div class="figures">${architectures.map(maskFigures).join("")}</div>
<h2>To repeat it</h2>
${renderCommand(command)}
${renderSignature({ ...signature, data, settings })}`,
  });
}

function armTable({ arms, decodedExamples, data }: ComparisonReport): PageTable {
  const columns = columnsOf(arms);
  const rates = decodedExamples > 0 ? `, error rates on ${decodedExamples}, greedy, nearest reference` : "";
  const paired = arms[0]?.metrics ? " In brackets: less the first arm, and its 95 % interval by paired bootstrap." : "";
  return {
    title: `Target loss on ${data.scored} of ${data.heldOut} held-out examples${rates}.${paired}`,
    columns: ["arm", "objective", ...columns.map(({ heading }) => heading)],
    rows: arms.map((arm) => [arm.name, arm.objective, ...columns.map(({ cell }) => cell(arm))]),
  };
}

function maskFigures(architecture: Architecture): string {
  const context = { prefixLengths: 3 };
  const figure = (mask: Mask, caption: string, queries: number, keys: number) =>
    renderFigure(drawSvg(mask, { queries, keys, title: caption }), caption);
  const size = architecture.streams.length === 1 ? 7 : 4;
  const own = architecture.streams.map((stream) =>
    figure(selfMaskOf(architecture, stream)(context), `${architecture.name}: ${stream}`, size, size),
  );
  const cross = architecture.crossMask
    ? [figure(architecture.crossMask(context), `${architecture.name}: target to source`, size, size)]
    : [];
  return [...own, ...cross].join("");
}
