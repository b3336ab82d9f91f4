import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { UnsupportedError } from "@trivium/core";
import { type Backend, tf } from "@trivium/tensor";
import type { Command } from "commander";
import { defineCommand } from "../command-context.ts";

export function doctorCommand(program: Command): void {
  const command = program.command("doctor").description("Say what can run here, and what is missing for the rest.");
  defineCommand(command, async ({ registry, output }) => {
    const plugins = await registry();
    const backends = await Promise.all(
      plugins.list("backend").map(async ({ name, create }) => ({ name, ...(await (create as Backend).probe()) })),
    );
    const machine = {
      node: process.version,
      cores: availableParallelism(),
      platform: `${process.platform} ${process.arch}`,
    };
    const versions = { "tfjs-core": tf.version_core };
    output.result({ ...machine, ...versions, backends }, () =>
      [
        `Node ${machine.node}, ${machine.cores} cores, ${machine.platform}; tfjs-core ${tf.version_core}`,
        ...backends.map((found) =>
          found.available ? `✓ ${found.name}: ${found.detail}` : `✗ ${found.name}: ${found.reason}. ${found.remedy}`,
        ),
      ].join("\n"),
    );
    checkVersions();
  });
}

/** Two versions of tfjs-core in one program each have half of the kernels. */
function checkVersions(): void {
  const presets = createRequire(import.meta.resolve("@trivium/presets"));
  const found = new Set<string>([tf.version_core]);
  for (const name of ["@trivium/tensor", "@trivium/backend-simd", "@trivium/backend-tfjs"]) {
    const from = createRequire(presets.resolve(`${name}/package.json`));
    found.add((from("@tensorflow/tfjs-core/package.json") as { version: string }).version);
  }
  if (found.size === 1) return;
  const versions = [...found].join(" and ");
  throw new UnsupportedError(
    "doctor/tfjs-versions",
    `tfjs-core is there in versions ${versions}; install one (npm dedupe)`,
  );
}
