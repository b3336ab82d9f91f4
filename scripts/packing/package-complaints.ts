import { readFile } from "node:fs/promises";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { PackedPackage } from "./pack-packages.ts";

/** Resolutions that ES modules are not made for. */
const foreign: readonly unknown[] = ["node10", "node16-cjs"];

/** Returns what publint and attw find wrong in a packed package. */
export async function packageComplaints({ tarball, manifest }: PackedPackage): Promise<readonly string[]> {
  const bytes = new Uint8Array(await readFile(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true, level: "error" });
  const complaints = messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
  // A program without entries has no types to be wrong.
  if (!manifest.exports) return complaints;
  const analysis = await checkPackage(createPackageFromTarballData(bytes));
  const problems = analysis.types ? analysis.problems : [];
  const ours = problems.filter((problem) => !("resolutionKind" in problem && foreign.includes(problem.resolutionKind)));
  return [...complaints, ...ours.map((problem) => `attw: ${JSON.stringify(problem)}`)];
}
