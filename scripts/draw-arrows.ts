/** Draws the figure of `docs/architecture.md` anew from the tags of turbo.json: `pnpm draw-arrows`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arrowFigure, withFigure } from "./layout/arrow-figure.ts";
import { readWorkspace, repositoryRoot } from "./workspace.ts";

const file = join(repositoryRoot, "docs/architecture.md");
const drawn = withFigure(readFileSync(file, "utf8"), arrowFigure(readWorkspace()));
if (drawn === undefined) throw new Error("docs/architecture.md has no mermaid block to draw the figure in");
writeFileSync(file, drawn);
