import type { Workspace } from "../workspace.ts";

/**
 * The arrows as a Mermaid figure: a box for each tag with its packages, an arrow to each tag that it may depend on.
 *
 * Arrows that follow from others (run → task → primitive) are left out, so that the figure stays readable.
 */
export function arrowFigure({ arrows, packages }: Workspace): string {
  const boxes = Object.keys(arrows).map((tag) => {
    const members = new Set(packages.filter((one) => one.tags.includes(tag)).map(({ directory }) => label(directory)));
    return `  ${tag}["<b>${tag}</b><br/>${[...members].join(" · ")}"]`;
  });
  const lines = Object.keys(arrows).flatMap((tag) => directArrows(tag, arrows).map((to) => `  ${tag} --> ${to}`));
  return ["flowchart TD", ...boxes, ...lines].join("\n");
}

const label = (directory: string) => directory.replace(/^packages\//, "").replace(/^apps\/.*/, "apps/*");

/** What a tag may depend on, without what it reaches through another of them. */
function directArrows(tag: string, arrows: Workspace["arrows"]): string[] {
  const targets = (arrows[tag] ?? []).filter((to) => to !== tag);
  return targets.filter((to) => !targets.some((via) => via !== to && arrows[via]?.includes(to)));
}

const block = /```mermaid\n[^`]*```/;

/** The document with the figure drawn anew; `undefined` if it has no Mermaid block. */
export function withFigure(document: string, figure: string): string | undefined {
  return block.test(document) ? document.replace(block, () => `\`\`\`mermaid\n${figure}\n\`\`\``) : undefined;
}
