import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const playground = fileURLToPath(new URL("../../playground", import.meta.url));

/** Builds the page of the playground into a folder of its own, and returns the folder. */
export async function buildPlayground(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "trivium-playground-"));
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  const options = ["build", "--outDir", folder, "--emptyOutDir", "--logLevel", "error"];
  const build = spawn(process.execPath, [vite, ...options], {
    cwd: playground,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  build.stderr.on("data", (data) => {
    said += data;
  });
  const [code] = await once(build, "close");
  if (code !== 0) throw new Error(`vite build ended with ${code}:\n${said}`);
  return folder;
}
