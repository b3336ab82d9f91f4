/** Checks that every package changed since `main` has a changeset: `node scripts/check-changesets.ts`. */
import { runCommand } from "./run-command.ts";
import { repositoryRoot as cwd } from "./workspace.ts";

/** A clone need not have a local `main`; one without any `main` is compared with its first commit. */
async function since(): Promise<string[]> {
  const exists = async (name: string) =>
    (await runCommand(["git", "rev-parse", "--verify", "--quiet", name], { cwd })).code === 0;
  if (await exists("main")) return [];
  if (await exists("origin/main")) return ["--since=origin/main"];
  const { output } = await runCommand(["git", "rev-list", "--max-parents=0", "HEAD"], { cwd });
  return [`--since=${output.trim().split("\n").at(-1)}`];
}

const { code, output } = await runCommand(["changeset", "status", ...(await since())], { cwd });
console.log(output);
process.exitCode = code;
