/** Writes `docs/objectives.md`: `pnpm objectives-docs`. */
import { writeFileSync } from "node:fs";
import { objectivesPage } from "../src/testing/objectives-page.ts";

writeFileSync(new URL("../../../docs/objectives.md", import.meta.url), objectivesPage());
