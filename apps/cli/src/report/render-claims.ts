import type { Effect } from "@trivium/evaluator";
import { armsAndTime } from "./arms-and-time.ts";
import { drawInterval } from "./charts/draw-interval.ts";
import { readableEffect } from "./claims-numbers.ts";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";
import { escapeHtml } from "./page/escape-html.ts";
import { renderPage } from "./page/render-page.ts";
import { renderCommand, renderSignature } from "./page/render-signature.ts";
import { renderTable } from "./page/render-table.ts";
import { renderVerdict, verdictMeanings } from "./page/verdict.ts";
import { renderClaim } from "./render-claim.ts";

/** The claims as one page without scripts or network: verdicts, evidence, pictures, and what it takes to repeat them. */
export async function renderClaims(report: ClaimsReport): Promise<string> {
  const { claims, request, command, signature } = report;
  const articles = await Promise.all(claims.map(renderClaim));
  const { configuration, data, masks, seeds, machines, environment, metrics, versions } = signature;
  const ordered = { versions, machines, environment, seeds, configuration, data, masks, metrics };
  return renderPage({
    title: "What is said of the architectures, measured",
    introduction: `<p>Preset <strong>${request.preset}</strong>; ${seedWords(request.seeds)}. Every verdict follows by rule from the interval of the claim's first effect; nothing is assumed to win.</p>`,
    contents: [
      { id: "verdicts", label: "Verdicts" },
      ...claims.map(({ id }) => ({ id, label: id })),
      { id: "signature", label: "Signature" },
    ],
    body: `<section id="verdicts" class="statements" aria-label="Verdicts">
${await overview(claims)}
${verdictKey(claims)}
</section>
${articles.join("\n")}
<article id="signature" aria-labelledby="signature-title">
<h2 id="signature-title">Signature</h2>
<p>Equal signatures give equal numbers, times aside. All claims: ${armsAndTime(claims.flatMap(({ arms }) => arms))}.</p>
${renderCommand(command)}
${renderSignature(ordered)}
</article>`,
  });
}

const seedWords = (seeds: readonly number[]): string =>
  seeds.length === 1 ? `one seed, ${seeds[0]}` : `seeds ${seeds.join(", ")}`;

async function overview(claims: readonly ReportedClaim[]): Promise<string> {
  const rows = await Promise.all(
    claims.map(async ({ id, statement, verdict, reason, effects: [first] }) => [
      { html: `<a href="#${escapeHtml(id)}">${escapeHtml(statement)}</a>` },
      { html: renderVerdict(verdict) },
      { html: first ? await effectCell(first) : escapeHtml(reason?.message ?? "–") },
    ]),
  );
  return renderTable({
    title:
      "Verdicts, each by its first effect: estimate and 95 % interval. Right of the line at zero speaks for the statement; shaded is what is too small to matter. Scales differ from row to row.",
    columns: ["statement", "verdict", "effect"],
    rows,
  });
}

const effectCell = async (effect: Effect): Promise<string> =>
  `${await drawInterval(effect)}${escapeHtml(readableEffect(effect))}<br><span class="muted">${escapeHtml(effect.name)}</span>`;

function verdictKey(claims: readonly ReportedClaim[]): string {
  const used = [...new Set(claims.map(({ verdict }) => verdict))];
  return `<dl>${used.map((verdict) => `<dt>${renderVerdict(verdict)}</dt><dd>${verdictMeanings[verdict]}</dd>`).join("")}</dl>`;
}
