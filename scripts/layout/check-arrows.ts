import type { Workspace, WorkspacePackage } from "../workspace.ts";
import { findCircles } from "./find-circles.ts";

/**
 * Checks that each package has one known tag, that what it depends on has a tag which the table allows, and that
 * nothing depends on itself. Development dependencies are free (tests need backends), but a circle is one through
 * them too: turbo could not order the builds.
 *
 * @returns one line for each violation.
 */
export function checkArrows(workspace: Workspace): string[] {
  const byName = new Map(workspace.packages.map((one) => [one.name, one]));
  return [
    ...workspace.packages.flatMap((one) => checkTag(one, workspace)),
    ...workspace.packages.flatMap((one) => checkDependencies(one, byName, workspace)),
    ...checkCircles(byName),
  ];
}

function checkTag({ directory, tags }: WorkspacePackage, { arrows }: Workspace): string[] {
  const [tag, ...more] = tags;
  const known = Object.keys(arrows).join(", ");
  if (tag === undefined || more.length > 0) {
    return [`${directory}/turbo.json: a package has exactly one tag (${known}), got ${JSON.stringify(tags)}`];
  }
  return tag in arrows ? [] : [`${directory}/turbo.json: there is no tag "${tag}"; tags: ${known}`];
}

function checkDependencies(
  { directory, manifest, tags: [tag = ""] }: WorkspacePackage,
  byName: ReadonlyMap<string, WorkspacePackage>,
  { arrows }: Workspace,
): string[] {
  const allowed = arrows[tag] ?? [];
  const names = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  });
  return names.flatMap((name) => {
    const [target] = byName.get(name)?.tags ?? [];
    if (target === undefined || allowed.includes(target)) return [];
    return [
      `${directory}/package.json: ${manifest.name} (${tag}) depends on ${name} (${target}); ` +
        `${tag} may depend on: ${allowed.join(", ")}`,
    ];
  });
}

function checkCircles(byName: ReadonlyMap<string, WorkspacePackage>): string[] {
  const dependenciesOf = (name: string): string[] => {
    const { dependencies, devDependencies } = byName.get(name)?.manifest ?? {};
    return Object.keys({ ...dependencies, ...devDependencies }).filter((next) => byName.has(next));
  };
  return findCircles(byName.keys(), dependenciesOf).map(
    (circle) => `packages depend on each other in a circle: ${circle.join(" → ")}`,
  );
}
