import { ConfigError } from "@trivium/core";
import type { Backend } from "@trivium/tensor";
import type { Command } from "commander";
import { z } from "zod";
import { flagName } from "./flag-name.ts";
import type { Plugins } from "./load-registry.ts";
import { trainSettings } from "./settings.ts";

/** The backend and its options, and the attention kernel, which a backend may lack. */
export interface BackendSettings {
  readonly attention?: string | undefined;
  readonly backend: string;
  readonly threads?: number | undefined;
  readonly gemm?: string | undefined;
  readonly precision?: "f32" | "bf16" | undefined;
}

/**
 * The backend of that name, with the options that were given.
 *
 * @throws {UnknownPluginError} for a name that no plugin has. @throws {ConfigError} `cli/backend-options` if it takes
 *   none; what it throws itself.
 */
export function prepareBackend(settings: BackendSettings, registry: Plugins): Backend {
  const backend = registry.find("backend", settings.backend).create as Backend;
  const { threads, gemm, precision } = settings;
  const given = Object.entries({ threads, gemm, precision }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return backend;
  if (backend.withOptions === undefined) {
    const flags = given.map(([name]) => flagName(name)).join(", ");
    throw new ConfigError("cli/backend-options", `backend "${backend.name}" takes no options; leave out ${flags}`);
  }
  const provider = gemm !== undefined && isProvider(gemm, registry) ? registry.find("gemm", gemm) : gemm;
  return backend.withOptions({ threads, gemm: provider, matmulPrecision: precision });
}

// One of the user's own is known to the registry alone.
const isProvider = (name: string, registry: Plugins): boolean =>
  registry.list("gemm").some((plugin) => plugin.name === name);

/** A backend may have more than its name to say about its arithmetic. */
export const numericIdentity = async (backend: Backend): Promise<Record<string, string>> => ({
  backend: backend.name,
  ...(await backend.numericIdentity?.()),
});

/** Adds the flags that choose another backend, or another way for it to work, than a run was trained with. */
export const addBackendFlags = (command: Command): Command =>
  command
    .option("--backend <name>", "another backend than it was trained on")
    .option("--threads <count>", "threads of the backend. Default: one for each core")
    .option("--gemm <name>", "what multiplies large matrices: see `trivium doctor`")
    .option("--precision <name>", "f32, or bf16 for the inputs of large matrix products")
    .option("--attention <name>", "another attention kernel");

/** Reads what those flags change in the settings of a run. Settings that were chosen for its backend are not for another. */
export function backendOverrides(flags: Readonly<Record<string, unknown>>): Partial<BackendSettings> {
  const given = Object.entries(flags).filter(([name]) => name in backendSettings.shape);
  const read = backendSettings.safeParse(Object.fromEntries(given));
  if (!read.success) {
    const [{ path, message }] = read.error.issues as [z.core.$ZodIssue];
    throw new ConfigError("cli/settings", `${flagName(String(path[0]))}: ${message}`);
  }
  const forgotten = flags.backend === undefined ? {} : notForAnother;
  return { ...forgotten, ...(read.data as Partial<BackendSettings>) };
}

const notForAnother = { threads: undefined, gemm: undefined, precision: undefined, attention: undefined };
const { backend, threads, gemm, precision, attention } = trainSettings;
const backendSettings = z
  .object({ backend: backend.unwrap(), threads: z.coerce.number().pipe(threads.unwrap()), gemm, precision, attention })
  .partial();
