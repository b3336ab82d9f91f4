/** Checks that every package lies where the design says: `node scripts/check-layout.ts`. */
import { checkArrows } from "./layout/check-arrows.ts";
import { checkCircles } from "./layout/check-circles.ts";
import { checkExports } from "./layout/check-exports.ts";
import { checkFiles } from "./layout/check-files.ts";
import { checkImports } from "./layout/check-imports.ts";
import { checkPluginFiles } from "./layout/check-plugin-files.ts";
import { turboBoundaries } from "./layout/turbo-boundaries.ts";
import { readWorkspace } from "./workspace.ts";

const workspace = readWorkspace();
const checks = [checkArrows, checkImports, checkCircles, checkExports, checkFiles, checkPluginFiles, turboBoundaries];
const violations = checks.flatMap((check) => check(workspace));

for (const violation of violations) console.error(violation);
console.log(`layout: ${workspace.packages.length} packages, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
