import { availableParallelism } from "node:os";
import { type GemmMeasurement, simd, type Tuning, tuneGemm, writeTuning } from "@trivium/backend-simd";
import { UnsupportedError } from "@trivium/core";
import type { Probe } from "@trivium/tensor";
import type { Command } from "commander";
import { createColors } from "picocolors";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { ownManifest, ownVersion } from "../own-package.ts";
import { table } from "../table.ts";
import { tfjsVersions } from "../tfjs-versions.ts";

export function doctorCommand(program: Command): void {
  const command = program
    .command("doctor")
    .description("Say what can run here, and what is missing for the rest.")
    .option("--tune", "measure what multiplies matrices, and keep the fastest for this user");
  defineCommand(command, diagnose);
}

async function diagnose({ registry, output, flags }: CommandContext): Promise<void> {
  const plugins = await registry();
  // Before the backends are asked: they say what they would take then.
  const tuned = flags.tune === true ? await tune() : undefined;
  const probe = async (name: string, probed: Probed) => ({ name, ...(await probed.probe()) });
  const backends = await Promise.all(plugins.list("backend").map(({ name, create }) => probe(name, create as Probed)));
  const gemm = await Promise.all(plugins.list("gemm").map(({ name, create }) => probe(name, create as Probed)));
  const speed = await speedOfSimd();
  const versions = Object.fromEntries(tfjsVersions(ownManifest));
  const machine = {
    trivium: ownVersion(),
    node: process.version,
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  };
  output.result({ ...machine, "tfjs-core": versions, backends, gemm, speed, tuned }, () => {
    const { trivium, node, cores, platform } = machine;
    const heading = `trivium ${trivium}, Node ${node}, ${cores} cores, ${platform}; tfjs-core ${Object.keys(versions).join(", ")}`;
    const providers = ["matrix products of simd, besides those in wasm:", ...gemm.map(describe), ...speed];
    return [heading, ...backends.map(describe), "", ...providers, ...(tuned ? describeTuning(tuned) : [])].join("\n");
  });
  assertOneVersion(versions);
}

interface Probed {
  probe(): Probe | Promise<Probe>;
}

/**
 * Notes of simd with both precisions measured. There are none where it cannot run as it was asked to, which its probe
 * tells.
 */
async function speedOfSimd(): Promise<readonly string[]> {
  if (!(await simd.probe()).available) return [];
  return (await simd.withOptions?.({ matmulPrecision: "auto" }).speedNotes?.()) ?? [];
}

interface Tuned {
  readonly measured: readonly GemmMeasurement[];
  readonly file: string;
  readonly tuning: Tuning;
}

async function tune(): Promise<Tuned> {
  const { measured, tuning } = await tuneGemm();
  return { measured, tuning, file: writeTuning(tuning) };
}

function describeTuning({ measured, file, tuning }: Tuned): string[] {
  const rows = measured.map(({ gemm, precision, gigaflops }) => [gemm, precision, gigaflops.toFixed(0)]);
  const choice = Object.entries(tuning).map(([precision, gemm]) => `${gemm} for ${precision}`);
  const note = `${file}: ${choice.join(", ")}; --gemm and TRIVIUM_GEMM go before it, and without the file the order decides`;
  return ["", table([["provider", "precision", "GFLOP/s"], ...rows]), "", note];
}

function describe({ name, ...found }: { readonly name: string } & Probe): string {
  const { green, red } = createColors(process.stdout.isTTY && !process.env.NO_COLOR);
  if (found.available) return `${green("✓")} ${name}: ${found.detail}`;
  return `${red("✗")} ${name}: ${found.reason}. ${found.remedy}`;
}

/** @throws {UnsupportedError} `doctor/tfjs-versions` */
export function assertOneVersion(versions: Readonly<Record<string, readonly string[]>>): void {
  const found = Object.entries(versions).map(([version, users]) => `${version} (${users.join(", ")})`);
  if (found.length <= 1) return;
  const message = `tfjs-core is there in versions ${found.join(" and ")}; each has half of the kernels. Install one: npm dedupe`;
  throw new UnsupportedError("doctor/tfjs-versions", message, { details: { versions } });
}
