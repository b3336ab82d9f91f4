/** The style of the report: the reader's own theme and font, one column on a telephone, no overflow of the page. */
export const pageStyle = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, currentColor 25%, transparent); }
body { margin: 0; }
main { max-width: 74rem; margin: 0 auto; padding: 1rem; }
h1 { overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
caption { text-align: left; caption-side: bottom; padding-top: .5rem; opacity: .8; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: bottom; }
tbody th { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem; }
.curves svg { width: 100%; }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-end; }
figure { margin: 0; max-width: 100%; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { font-size: .9rem; margin-top: .3rem; }
pre { overflow-x: auto; font-size: .8rem; padding: .8rem; border: 1px solid var(--line); }
@media print { .wide, pre { overflow: visible; white-space: pre-wrap; } }
`;
