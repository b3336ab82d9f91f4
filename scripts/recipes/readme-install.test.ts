/** The lines of the README that install the packages before they are published work as they are written. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runOrThrow } from "../run-command.ts";
import { readWorkspace } from "../workspace.ts";

const { root } = readWorkspace();
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { packageManager: string };
const mine = mkdtempSync(join(tmpdir(), "trivium-mine-"));
afterAll(() => rmSync(mine, { recursive: true, force: true }));

test("tarballs are made here and installed there, and the installed packages answer", async () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [here, there] = /^(pnpm tarballs .+?) +#.*\n(npm install .+?) +#.*$/m.exec(readme)?.slice(1) ?? [];
  expect([here, there]).toEqual([
    expect.stringContaining(" ../mine/tarballs "),
    expect.stringContaining(" ./tarballs/*.tgz"),
  ]);
  // Without pnpm on the path, CONTRIBUTING.md says what to write instead.
  const pnpm = `command -v pnpm >/dev/null || pnpm() { npx --yes ${packageManager} "$@"; }`;
  await runOrThrow(["sh", "-c", `${pnpm}\n${here!.replace("../mine", mine)}`], { cwd: root });
  const installed = await runOrThrow(["sh", "-c", `${there} --no-audit --no-fund`], { cwd: mine });
  expect(installed).not.toMatch(/EBADENGINE|ERESOLVE|E404/);
  const drawn = ["trivium", "mask", "causal", "--queries", "2"];
  expect(await runOrThrow(["npx", "--no-install", ...drawn], { cwd: mine })).toContain("██");
  const program =
    "import('trivium').then(({ masks }) => console.log(masks.drawAscii(masks.causal(), { queries: 2, keys: 2 })))";
  expect(await runOrThrow([process.execPath, "-e", program], { cwd: mine })).toContain("██");
});
