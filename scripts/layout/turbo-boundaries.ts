import { spawnSync } from "node:child_process";
import type { Workspace } from "../workspace.ts";

/**
 * What `turbo boundaries` finds. The command is experimental, so this is a second opinion beside our own checks.
 *
 * Two kinds of its findings are dropped: it parses every `.ts` file, but AssemblyScript is not TypeScript (decorators
 * on functions); and it holds development dependencies to the arrows, which tests are free of.
 *
 * @returns one line for each violation.
 */
export function turboBoundaries(workspace: Workspace): string[] {
  const { status, stdout, stderr, error } = spawnSync("turbo", ["boundaries", "--no-color"], {
    cwd: workspace.root,
    encoding: "utf8",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", NO_COLOR: "1" },
  });
  if (error) return [`turbo boundaries could not be run: ${error.message}`];
  const found = issuesOf(`${stdout}\n${stderr}`);
  if (status !== 0 && found.length === 0)
    return [`turbo boundaries failed without naming an issue:\n${stdout}${stderr}`];
  return found.filter((issue) => isViolation(issue, workspace)).map((issue) => `turbo: ${issue}`);
}

/** Whether an issue is one by our rules. */
export function isViolation(issue: string, workspace: Workspace): boolean {
  if (/failed to parse file .*\/assembly\//.test(issue)) return false;
  const [, target, owner] = /^Package `(\S+)` found without any tag .*for\s*`(\S+)`/.exec(issue) ?? [];
  if (target === undefined || owner === undefined) return true;
  return publishedClosure(owner, workspace).has(target);
}

/** The workspace packages that come with a package when it is installed. */
function publishedClosure(owner: string, { packages }: Workspace): ReadonlySet<string> {
  const byName = new Map(packages.map((one) => [one.name, one]));
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const { dependencies, optionalDependencies } = byName.get(name)?.manifest ?? {};
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (!byName.has(next) || reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  visit(owner);
  return reached;
}

/** Issues begin with `  x `, are wrapped after `  | `, and may be followed by an excerpt of the source. */
export function issuesOf(output: string): string[] {
  const issues: string[] = [];
  for (const line of output.split("\n")) {
    const [, start] = /^ {2}[x×] (.*)$/.exec(line) ?? [];
    const [, wrapped] = /^ {2}[|│] (.*)$/.exec(line) ?? [];
    const [, place] = /^ {3}[,╭]-*─*\[(.*)\]$/.exec(line) ?? [];
    if (start !== undefined) issues.push(start);
    else if (wrapped !== undefined) issues.push(`${issues.pop() ?? ""}${wrapped}`);
    else if (place !== undefined) issues.push(`${issues.pop() ?? ""} (${place})`);
  }
  return issues;
}
