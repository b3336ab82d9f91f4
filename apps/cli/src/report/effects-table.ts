import { drawInterval } from "./charts/draw-interval.ts";
import { effectCells, effectColumns } from "./claim-words.ts";
import type { ReportedClaim } from "./claims-report.ts";
import type { PageTable } from "./page/render-table.ts";

/** The effects of a claim with a picture of each; those that can be compared to one scale. */
export async function effectsTable({ effects }: ReportedClaim): Promise<PageTable> {
  const pictures = await Promise.all(effects.map((effect) => drawInterval(effect, effects)));
  return {
    title:
      "Effects. The first decides the verdict: right of the line at zero speaks for the statement; the others are read by their names. Shaded is what is too small to matter.",
    columns: ["effect", "interval", ...effectColumns],
    rows: effects.map((effect, at) => [effect.name, { html: pictures[at] || "–" }, ...effectCells(effect)]),
  };
}
