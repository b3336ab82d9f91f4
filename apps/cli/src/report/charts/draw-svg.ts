import { parse, View } from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";
import { escapeHtml } from "../page/escape-html.ts";
import { themeStyle } from "./palette.ts";

const ink = "currentColor";

/** Everything in the colour of the text around it; what a picture shows is said by its title and by a table, not point by point. */
const config: Config = {
  font: "system-ui, sans-serif",
  aria: false,
  background: "transparent",
  axis: {
    ...{ labelColor: ink, titleColor: ink, domainColor: ink, tickColor: ink, gridColor: ink, gridOpacity: 0.15 },
    ...{ labelFontSize: 12, titleFontSize: 13, titleFontWeight: "normal", labelOverlap: true },
  },
  view: { stroke: "transparent" },
};

/** The chart as an SVG with a title, which is also its alternative text. */
export async function drawSvg(spec: TopLevelSpec, title: string): Promise<string> {
  const svg = await new View(parse(compile({ ...spec, config }).spec), { renderer: "none" }).toSVG();
  const text = escapeHtml(title);
  return svg.replace(
    /<svg [^>]*>/,
    (tag) => `${tag.replace("<svg ", `<svg role="img" aria-label="${text}" `)}<title>${text}</title>`,
  );
}

/** The same for a file of its own, which no page gives colours to. */
export const standalone = (svg: string): string =>
  svg.replace(
    "</title>",
    () => `</title><style>${themeStyle("svg")}svg{color:var(--ink);background:var(--ground)}</style>`,
  );
