import { drawInterval } from "./charts/draw-interval.ts";
import { readable, readableEffect } from "./claims-numbers.ts";
import type { ReportedClaim } from "./claims-report.ts";
import type { PageTable } from "./page/render-table.ts";

/** The effects of a claim with a picture of each; those that can be compared to one scale. */
export async function effectsTable({ effects }: ReportedClaim): Promise<PageTable> {
  const pictures = await Promise.all(effects.map((effect) => drawInterval(effect, effects)));
  return {
    title:
      "Effects. Right of the line at zero speaks for the statement; shaded is what is too small to matter. The first decides the verdict.",
    columns: ["effect", "interval", "estimate and 95 % interval", "matters from", "method"],
    rows: effects.map((effect, at) => [
      effect.name,
      { html: pictures[at] || "–" },
      readableEffect(effect),
      readable(effect.smallest),
      effect.method,
    ]),
  };
}
