import { type CurvePicture, drawCurves } from "../charts/draw-curves.ts";
import { axes } from "../charts/learning-curves.ts";
import { escapeHtml } from "./escape-html.ts";
import { legend } from "./legend.ts";

/** A picture with what is said below it. */
export const renderFigure = (svg: string, caption: string): string =>
  `<figure>${svg}${caption ? `<figcaption>${escapeHtml(caption)}</figcaption>` : ""}</figure>`;

/** Learning curves over the four axes under one legend. */
export async function renderCurves({ curves, unit, marks }: Omit<CurvePicture, "axis">): Promise<string> {
  const pictures = await Promise.all(axes.map((axis) => drawCurves({ curves, unit, marks, axis })));
  const names = curves.map(({ name }) => name);
  return `<div class="together">${legend(names, marks)}<div class="curves">${pictures.map((svg) => renderFigure(svg, "")).join("")}</div></div>`;
}
