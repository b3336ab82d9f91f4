import { type Marks, markOf } from "../charts/mark.ts";
import { escapeHtml } from "./escape-html.ts";

/** The marks of the arms, or of the lines of a chart. */
export function legend(names: readonly string[], marks: Marks): string {
  const items = names.map((name, index) => {
    const { colour, character } = marks.get(name) ?? markOf(index);
    return `<li><span style="color:${colour}" aria-hidden="true">${character}</span> ${escapeHtml(name)}</li>`;
  });
  return `<ul class="legend">${items.join("")}</ul>`;
}
