/** Writes the table of `docs/scale/README.md`: `pnpm scale-docs`. */
import { readFileSync, writeFileSync } from "node:fs";
import { scalePage } from "./scale-page.ts";

const page = new URL("../../../docs/scale/README.md", import.meta.url);
writeFileSync(page, scalePage(readFileSync(page, "utf8")));
