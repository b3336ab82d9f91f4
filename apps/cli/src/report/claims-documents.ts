import { armsAndTime } from "./arms-and-time.ts";
import { drawChart } from "./charts/draw-chart.ts";
import { drawCurves } from "./charts/draw-curves.ts";
import { standalone } from "./charts/draw-svg.ts";
import { axes } from "./charts/learning-curves.ts";
import type { Mark, Marks } from "./charts/mark.ts";
import { curvePanels } from "./claim-curves.ts";
import { claimMarkdown } from "./claim-markdown.ts";
import { signatureMarkdown, verdictTable } from "./claims-markdown.ts";
import type { ClaimsReport, ReportedClaim } from "./claims-report.ts";
import { escapeMarkdown } from "./markdown.ts";
import { signedVerdict, verdictMeanings } from "./page/verdict.ts";
import { chartCaption, claimMarks, curveCaption } from "./render-claim.ts";

/** Files by their path below the folder. */
export type Documents = ReadonlyMap<string, string>;

interface Picture {
  readonly file: string;
  readonly svg: string;
  readonly alternative: string;
}

/** A page for each claim with its pictures, and an index. */
export async function claimsDocuments(report: ClaimsReport): Promise<Documents> {
  const pages = await Promise.all(report.claims.map((claim) => claimDocuments(claim, report)));
  return new Map([["README.md", index(report)], ...pages.flat()]);
}

function index(report: ClaimsReport): string {
  const { claims, request } = report;
  const used = [...new Set(claims.map(({ verdict }) => verdict))];
  return `# What is said of the architectures, and what we saw

Preset \`${request.preset}\`, seeds ${request.seeds.join(", ")}. Every verdict follows by rule from the interval of the claim's first
effect; a positive one speaks for the statement.

${verdictTable(claims, ({ id }) => `[${id}](${id}.md)`)}

${used.map((verdict) => `- *${signedVerdict(verdict)}*: ${verdictMeanings[verdict]}`).join("\n")}

All claims: ${armsAndTime(claims.flatMap(({ arms }) => arms))}.

${signatureMarkdown(report)}

Written by \`pnpm claims-docs\` from \`report.json\`.
`;
}

async function claimDocuments(claim: ReportedClaim, { request }: ClaimsReport): Promise<[string, string][]> {
  const { id, statement, verdict } = claim;
  const pictures = await drawPictures(claim);
  const figures = pictures.map(({ markdown }) => markdown);
  const page = `# ${escapeMarkdown(statement)}

**${signedVerdict(verdict)}** (${verdictMeanings[verdict]}); preset \`${request.preset}\`, seeds ${request.seeds.join(", ")}. [All claims](README.md)

${claimMarkdown(claim, "##", figures)}
`;
  return [[`${id}.md`, page], ...pictures.flatMap(({ files }) => files)];
}

/** Pictures as files, and the Markdown that shows them under one legend. */
interface Shown {
  readonly markdown: string;
  readonly files: readonly [string, string][];
}

async function drawPictures(claim: ReportedClaim): Promise<Shown[]> {
  const panels = curvePanels(claim.arms);
  const marks = claimMarks(panels, claim.charts);
  const curves = panels.map(async (panel, at) => {
    const drawn = axes.map(async (axis) => ({
      file: `figures/${claim.id}-curves-${at + 1}-${axis.field}.svg`,
      svg: await drawCurves({ ...panel, marks, axis }),
      alternative: `Held-out loss on ${panel.title} over ${axis.title}`,
    }));
    const names = panel.curves.map(({ name }) => name);
    return shown({ caption: curveCaption(panel), names, marks }, await Promise.all(drawn));
  });
  const charts = claim.charts.map(async (chart, at) => {
    const file = `figures/${claim.id}-${at + 1}.svg`;
    const names = chart.series.map(({ name }) => name);
    const picture = { file, svg: await drawChart(chart, marks), alternative: chart.title };
    return shown({ caption: chartCaption(chart), names, marks }, [picture]);
  });
  return Promise.all([...curves, ...charts]);
}

function shown(
  about: { caption: string; names: readonly string[]; marks: Marks },
  pictures: readonly Picture[],
): Shown {
  const images = pictures.map(({ file, alternative }) => `![${escapeMarkdown(alternative)}](${file})`);
  const legend = about.names.map((name) => {
    const { character, colourName } = about.marks.get(name) as Mark;
    return `${character} ${colourName}: ${escapeMarkdown(name)}`;
  });
  return {
    markdown: [`**${escapeMarkdown(about.caption)}**`, legend.join(" · "), images.join("\n")].join("\n\n"),
    files: pictures.map(({ file, svg }) => [file, `${standalone(svg)}\n`]),
  };
}
