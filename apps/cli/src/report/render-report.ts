import type { Arm, ArmReport } from "@trivium/evaluator";
import { drawSvg, type Mask } from "@trivium/masks";
import { type Architecture, selfMaskOf } from "@trivium/model";
import type { ComparisonReport } from "./comparison-report.ts";
import { axes, drawCurves } from "./curves.ts";

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
<style>${styles}</style>
</head>
<body>
<main>
<h1>Comparison on ${escapeHtml(report.data.name)}</h1>
<p>${report.arms.length} arms, trained on the same examples in the same order with seed ${report.settings.seed}; scored on the same held-out targets.</p>
<div class="wide">${armTable(report)}</div>
<h2>Learning curves</h2>
<p>Nats per held-out target token on the first 512 examples, over four measures of cost.</p>
<div class="figures">${curves.map((svg) => `<figure>${svg}</figure>`).join("")}</div>
<h2>Who sees whom</h2>
<p>A row for each query, a column for each key. One stream: three tokens of source and separator, then the target.</p>
<div class="figures">${architectures.map(maskFigures).join("")}</div>
<h2>To repeat it</h2>
<pre>${escapeHtml(JSON.stringify({ signature: report.signature, data: report.data, settings: report.settings }, null, 2))}</pre>
</main>
</body>
</html>
`;
}

function armTable({ arms, decodedExamples, data }: ComparisonReport): string {
  const heading = [
    "arm",
    "objective",
    "parameters",
    "TFLOP",
    "tokens seen",
    "supervised",
    "seconds",
    "tokens/s",
    "target loss",
    "PER",
    "WER",
  ];
  const rows = arms.map(
    (arm) =>
      `<tr><th scope="row">${escapeHtml(arm.name)}</th><td>${escapeHtml(arm.objective)}</td>${numbers(arm)
        .map((cell) => `<td class="number">${cell}</td>`)
        .join("")}</tr>`,
  );
  const note = `PER and WER on ${decodedExamples} of ${data.heldOut} held-out examples, greedy, nearest reference.`;
  return `<table><caption>${note}</caption><thead><tr>${heading.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function numbers(arm: ArmReport): string[] {
  return [
    arm.parameters.toLocaleString("en"),
    (arm.flops / 1e12).toFixed(2),
    arm.tokensSeen.toLocaleString("en"),
    arm.tokensSupervised.toLocaleString("en"),
    arm.seconds.toFixed(1),
    Math.round(arm.tokensPerSecond).toLocaleString("en"),
    arm.targetLoss.toFixed(4),
    arm.per?.toFixed(4) ?? "–",
    arm.wer?.toFixed(4) ?? "–",
  ];
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

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] as string);

const styles = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; caption-side: bottom; padding-top: .5rem; opacity: .8; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); text-align: left; }
thead th { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-end; }
figure { margin: 0; max-width: 100%; }
figure svg { max-width: 100%; height: auto; }
figcaption { font-size: .9rem; }
pre { overflow-x: auto; font-size: .8rem; padding: .8rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
@media print { .wide, pre { overflow: visible; white-space: pre-wrap; } }
`;
