import { themeStyle } from "../report/charts/palette.ts";
import { escapeHtml } from "../report/page/escape-html.ts";
import { drawRuns } from "./draw-runs.ts";

const style = `
${themeStyle(":root")}
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; min-width: 100%; font-size: .9rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th:first-child { text-align: left; }
#charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem 1rem; margin-top: 1.5rem; }
section { min-width: 0; }
.muted { color: var(--muted); }
.u-legend { font-size: .8rem; }
`;

/** The page; its script asks for everything else. */
export const watchPage = (folder: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runs in ${escapeHtml(folder)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/uplot.css">
<style>${style}</style>
</head>
<body>
<h1>Runs in ${escapeHtml(folder)}</h1>
<p class="muted" id="state" role="status">connecting …</p>
<div class="wide" role="region" aria-label="The runs" tabindex="0"><table>
<thead><tr><th scope="col">run</th><th scope="col">state</th><th scope="col">step</th><th scope="col">loss</th><th scope="col">held out</th><th scope="col">error rate</th><th scope="col">tokens/s</th><th scope="col">left</th></tr></thead>
<tbody></tbody></table></div>
<div id="charts"></div>
<script src="/uplot.js"></script>
<script src="/watch.js"></script>
</body>
</html>
`;

/** The page's script: a function whose text is sent. */
export const watchScript = (): string => `(${drawRuns})(uPlot);`;
