import { markOf } from "./curves.ts";
import { escapeHtml } from "./escape-html.ts";

/** How the arms, or the lines of a chart, are marked. */
export function legend(names: readonly string[]): string {
  const items = names.map((name, index) => {
    const { colour, character } = markOf(index);
    return `<li><span style="color:${colour}" aria-hidden="true">${character}</span> ${escapeHtml(name)}</li>`;
  });
  return `<ul class="legend">${items.join("")}</ul>`;
}
