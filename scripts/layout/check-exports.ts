import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type ExportTarget, SOURCE_CONDITION, sourcesOf, type Workspace, type WorkspacePackage } from "../workspace.ts";

/**
 * Checks that what a package publishes is what it is developed with: `publishConfig.exports` is `exports` without the
 * source condition, every source entry exists, and the built paths follow from it.
 *
 * @returns one line for each violation.
 */
export function checkExports({ root, packages }: Workspace): string[] {
  return packages.filter(({ manifest }) => manifest.exports).flatMap((one) => checkPackage(root, one));
}

function checkPackage(root: string, { directory, manifest }: WorkspacePackage): string[] {
  const file = `${directory}/package.json`;
  const exports = manifest.exports ?? {};
  const entries = Object.entries(exports).filter(([key]) => key !== "./package.json");
  const violations = entries.flatMap(([key, target]) =>
    checkEntry(target).map((message) => `${file}: exports "${key}" ${message}`),
  );
  for (const [key, target] of entries) {
    for (const source of sourcesOf(target)) {
      if (!existsSync(join(root, directory, source)))
        violations.push(`${file}: exports "${key}" has no file ${source}`);
    }
  }
  if (exports["./package.json"] !== "./package.json") violations.push(`${file}: exports lacks "./package.json"`);
  if (manifest.private !== true && !isDeepStrictEqual(manifest.publishConfig?.exports, withoutSource(exports))) {
    violations.push(`${file}: publishConfig.exports must equal exports without the condition "${SOURCE_CONDITION}"`);
  }
  return violations;
}

function checkEntry(target: ExportTarget): string[] {
  if (typeof target === "string") return [`must have conditions, got the path ${target}`];
  const conditions = Object.keys(target);
  const violations: string[] = [];
  if (conditions[0] !== SOURCE_CONDITION) violations.push(`must begin with the condition "${SOURCE_CONDITION}"`);
  if (conditions.at(-1) !== "default") violations.push(`must end with the condition "default"`);
  if (conditions[1] !== "types") violations.push(`must have "types" right after the source condition`);
  const [source = ""] = sourcesOf(target);
  const stem = source.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "");
  if (typeof target.types === "string" && target.types !== `${stem}.d.ts`) {
    violations.push(`builds ${source} to ${stem}.d.ts, but "types" is ${target.types}`);
  }
  if (typeof target.default === "string" && target.default !== `${stem}.js`) {
    violations.push(`builds ${source} to ${stem}.js, but "default" is ${target.default}`);
  }
  return violations;
}

/** `exports` as it is published. */
function withoutSource<T extends ExportTarget>(target: T): T {
  if (typeof target === "string") return target;
  const kept = Object.entries(target).filter(([condition]) => condition !== SOURCE_CONDITION);
  return Object.fromEntries(kept.map(([condition, value]) => [condition, withoutSource(value)])) as T;
}
