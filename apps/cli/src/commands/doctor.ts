import { availableParallelism } from "node:os";
import { UnsupportedError } from "@trivium/core";
import type { Backend, Probe } from "@trivium/tensor";
import type { Command } from "commander";
import { createColors } from "picocolors";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { ownManifest, ownVersion } from "../own-package.ts";
import { tfjsVersions } from "../tfjs-versions.ts";

export function doctorCommand(program: Command): void {
  const command = program.command("doctor").description("Say what can run here, and what is missing for the rest.");
  defineCommand(command, diagnose);
}

async function diagnose({ registry, output }: CommandContext): Promise<void> {
  const plugins = await registry();
  const probe = async (name: string, backend: Backend) => ({ name, ...(await backend.probe()) });
  const backends = await Promise.all(plugins.list("backend").map(({ name, create }) => probe(name, create as Backend)));
  const versions = Object.fromEntries(tfjsVersions(ownManifest));
  const machine = {
    trivium: ownVersion(),
    node: process.version,
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  };
  output.result({ ...machine, "tfjs-core": versions, backends }, () => {
    const { trivium, node, cores, platform } = machine;
    const heading = `trivium ${trivium}, Node ${node}, ${cores} cores, ${platform}; tfjs-core ${Object.keys(versions).join(", ")}`;
    return [heading, ...backends.map(describe)].join("\n");
  });
  assertOneVersion(versions);
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
