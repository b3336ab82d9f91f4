/** Builds and packs every published package, and holds each tarball to publint and attw: `node scripts/check-packages.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type PackedPackage, packPackages } from "./packing/pack-packages.ts";
import { runCommand } from "./run-command.ts";
import { readWorkspace } from "./workspace.ts";

const directory = mkdtempSync(join(tmpdir(), "trivium-check-"));
const linters = (tarball: string, { exports }: PackedPackage["manifest"]) => [
  ["publint", "run", tarball, "--strict"],
  // A program without entries has no types to be wrong.
  ...(exports ? [["attw", tarball, "--profile", "esm-only", "--format", "ascii"]] : []),
];

try {
  const packed = await packPackages(readWorkspace(), directory);
  let failures = 0;
  for (const { tarball, manifest } of packed) {
    for (const command of linters(tarball, manifest)) {
      const { code, output } = await runCommand(command, { cwd: directory });
      if (code === 0) continue;
      failures++;
      console.error(`${command[0]} ${basename(tarball)}\n${output}`);
    }
  }
  console.log(`packages: ${packed.length} packed, ${failures} complaints`);
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
