import { ConfigError } from "@trivium/core";
import { type MatmulPrecision, matmulPrecisions } from "./matmul-precision.ts";

/** The provider that was fastest on this machine when it was measured, for each precision that one has. */
export type Tuning = Readonly<Partial<Record<MatmulPrecision, string>>>;

// Not imported, so that bundles for browsers need not know the modules.
const builtin = globalThis.process?.getBuiltinModule;

/**
 * Where the choice of `trivium doctor --tune` is kept: `TRIVIUM_TUNING`, else `trivium/gemm.json` in the user's folder of
 * configurations (`XDG_CONFIG_HOME`, else `~/.config`); undefined outside of Node.
 */
export function tuningFile(): string | undefined {
  if (builtin === undefined) return undefined;
  const { TRIVIUM_TUNING, XDG_CONFIG_HOME } = process.env;
  const { join } = builtin("node:path");
  return (
    TRIVIUM_TUNING || join(XDG_CONFIG_HOME || join(builtin("node:os").homedir(), ".config"), "trivium", "gemm.json")
  );
}

/**
 * The choice that was measured; empty if there is none.
 *
 * @throws {ConfigError} `simd/tuning` if the file cannot be read, or holds something else.
 */
export function readTuning(): Tuning {
  const file = tuningFile();
  const { existsSync, readFileSync } = builtin?.("node:fs") ?? {};
  if (file === undefined || !existsSync!(file)) return {};
  try {
    const read = JSON.parse(readFileSync!(file, "utf8")) as Record<string, unknown>;
    return Object.fromEntries(
      matmulPrecisions.flatMap((precision) =>
        typeof read[precision] === "string" ? [[precision, read[precision]]] : [],
      ),
    );
  } catch (cause) {
    const message = `${file} should hold the choice of "trivium doctor --tune": ${(cause as Error).message}; delete it`;
    throw new ConfigError("simd/tuning", message, { cause });
  }
}

/** Keeps a choice; returns the file. */
export function writeTuning(tuning: Tuning): string {
  const file = tuningFile()!;
  const { mkdirSync, writeFileSync } = builtin!("node:fs");
  mkdirSync(builtin!("node:path").dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(tuning, null, 2)}\n`);
  return file;
}
