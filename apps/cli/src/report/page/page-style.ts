import { themeStyle } from "../charts/palette.ts";

/**
 * The style of reports: the reader's own theme and font, one column on a telephone, tables that scroll in their own box,
 * and on paper the light theme with nothing cut.
 */
export const pageStyle = `
${themeStyle(":root")}
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--ground); }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
main { padding-bottom: 3rem; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 0 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
main > h2 { margin-top: 2.5rem; }
p, li, dd, figcaption { overflow-wrap: anywhere; }
p, ul.findings { max-width: 46rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .3rem .6rem; background: var(--ground); }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; }
.muted, caption, figcaption { color: var(--muted); }
article { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1.5rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .9rem; min-width: 100%; }
caption { text-align: left; caption-side: bottom; padding-top: .5rem; }
caption span { display: block; position: sticky; left: 0; max-width: min(60rem, calc(100vw - 2rem)); }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; min-width: 4rem; }
thead th { vertical-align: bottom; }
tbody th { font-weight: 600; min-width: 8rem; max-width: 28rem; overflow-wrap: anywhere; }
.wide tbody th { position: sticky; left: 0; background: var(--ground); }
.words { min-width: 11rem; }
td svg { display: block; }
mark { background: none; color: inherit; font-weight: 600; text-decoration: underline wavy var(--series-4); }
del { color: var(--muted); }
.answer { overflow-wrap: anywhere; }
.statements th { max-width: none; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.number { white-space: normal; }
.verdict { display: inline-block; white-space: nowrap; font-weight: 600; padding: 0 .6em; border: 1px solid currentColor; border-radius: 1em; font-size: .9rem; }
.verdict.supported { color: var(--series-2); }
.verdict.contradicted { color: var(--series-4); }
.verdict.not-supported { color: var(--series-3); }
.verdict.inconclusive, .verdict.not-run { color: var(--muted); }
.seen { border-left: 4px solid var(--line); padding: .4rem 0 .4rem 1rem; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .35rem 1.2rem; max-width: 60rem; }
dt { font-weight: 600; }
dd { margin: 0; }
.signature { font-size: .9rem; }
.signature dt::first-letter { text-transform: uppercase; }
.signature .name { color: var(--muted); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0 0 .8rem; padding: 0; list-style: none; font-size: .95rem; }
.curves, .charts { display: grid; gap: 1.5rem 1rem; grid-template-columns: minmax(0, 1fr); }
figure { margin: 0; max-width: 100%; }
figure svg { display: block; width: 100%; max-width: 28rem; height: auto; }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-end; }
.figures figure svg { width: auto; max-width: 100%; }
figcaption { font-size: .9rem; margin-top: .3rem; }
pre { overflow-x: auto; font-size: .85rem; padding: .8rem; border: 1px solid var(--line); border-radius: 4px; background: var(--soft); }
details { margin: 1rem 0; }
summary { cursor: pointer; }
@media (min-width: 40rem) { .curves, .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (min-width: 70rem) { .curves { grid-template-columns: repeat(4, minmax(0, 1fr)); } }
@media (max-width: 40rem) {
  .statements thead { position: absolute; left: -99rem; }
  .statements table, .statements tbody { display: block; }
  .statements tr { display: grid; gap: .3rem; padding: .8rem 0; border-bottom: 1px solid var(--line); }
  .statements tbody th, .statements td { border: 0; padding: 0; }
  .statements caption { display: block; }
  tbody th { min-width: 7rem; max-width: 9rem; }
  dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .4rem; } h1 { font-size: 1.5rem; }
}
@media print {
  :root { color-scheme: light; font-size: 10pt; }
  header, main { max-width: none; padding-left: 0; padding-right: 0; }
  .skip, nav { display: none; }
  .wide, pre { overflow: visible; white-space: pre-wrap; }
  .wide tbody th { position: static; }
  th, td, tbody th, .words { min-width: 0; max-width: none; padding: .2rem .2rem; }
  th, td, .number { overflow-wrap: break-word; white-space: normal; }
  tbody th, .words { min-width: 5rem; overflow-wrap: anywhere; }
  table { font-size: .75rem; }
  .curves, .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  figure, .together, tr, pre, .seen { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
}
`;
